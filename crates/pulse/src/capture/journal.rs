//! The port to durable storage.

use std::{future::Future, sync::Arc};

use crate::{Lsn, events::Change};

/// The token of a lease: whoever holds a newer one has the right, and the others have lost it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fence(pub u64);

/// Up to where a journal has everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// From 1; goes up with each gap.
    pub epoch: u32,
    /// Which server's log it is: see [`crate::source::System::identifier`].
    pub system: String,
    /// Every transaction that was committed up to here is in the journal.
    pub through: Lsn,
}

/// Changes of committed transactions, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// May begin and end inside of a transaction.
    pub changes: Vec<Change>,
    /// Every transaction that was committed up to here is complete with this batch.
    pub through: Lsn,
}

/// Changes are missing between two epochs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// Why.
    pub reason: GapReason,
    /// The epoch that begins behind it.
    pub epoch: u32,
    /// Up to where everything is there, in the epoch before.
    pub after: Lsn,
    /// From where on everything is there again.
    pub from: Lsn,
}

/// Why changes are missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GapReason {
    /// The slot was dropped.
    SlotMissing,
    /// The server did not keep the log that it needs.
    SlotLost,
    /// Somebody else has read from the slot.
    SlotMoved,
    /// Another server answers: a restore, or another connection string.
    OtherServer,
    /// The server is behind where it was: a failover that lost commits, or a restore.
    Rewound,
}

/// Why a journal does not do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// A newer token was seen.
    #[error("another node holds the lease")]
    Fenced,
    /// Not now.
    #[error("the journal cannot be written")]
    Unavailable,
}

/// Keeps the changes of one resource. Each call checks the token in the same transaction as what it does.
///
/// All changes that it gets are committed in their database, so a part of a transaction is nothing that could be taken back. Appending is
/// idempotent by id: after a failure the same changes come again.
pub trait Journal: Send + Sync {
    /// Where it stands; `None` before the first beginning.
    fn position(&self, fence: Fence) -> impl Future<Output = Result<Option<Position>, JournalError>> + Send;

    /// Begins an epoch, behind a gap unless it is the first.
    fn begin(
        &self,
        fence: Fence,
        position: &Position,
        gap: Option<Gap>,
    ) -> impl Future<Output = Result<(), JournalError>> + Send;

    /// Makes a batch durable and answers up to where all is.
    fn append(&self, fence: Fence, batch: Arc<Batch>) -> impl Future<Output = Result<Lsn, JournalError>> + Send;
}
