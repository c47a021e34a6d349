//! One task for each resource: reads its database's changes, puts them into the journal and tells those who listen.
//!
//! ```text
//! ChangeSource -message-> Assembler -Change-> batch --> Journal -durable-> ChangeSource::confirm
//!                             |                   \---> Live -> subscribers
//!                           Spill: streamed transactions until they are committed
//! ```
//!
//! Whatever fails, capture begins again where the journal stands. The database forgets only what the journal called durable, so nothing is
//! missed; what comes twice bears the same id. Where it cannot go on from there, there is a gap: it is told to the journal and to all who listen.

mod assemble;
mod back_off;
mod begin;
mod journal;
mod live;
mod settings;
mod spill;
mod status;
mod stream;

use std::sync::Arc;

use tokio::sync::watch;
use upstream::{ConnectionString, Dialer};

pub use journal::{Batch, Fence, Gap, GapReason, Journal, JournalError, Position};
pub use live::{Dropped, Live, Subscriber, Tidings};
pub use settings::Settings;
pub use status::{Phase, Status};

use self::back_off::BackOff;
use crate::{Error, SqlState, setup, setup::Names};

/// The capture of one resource's changes.
#[derive(Debug)]
pub struct Capture<J> {
    /// Opens its connections.
    pub dialer: Arc<Dialer>,
    /// The database.
    pub target: ConnectionString,
    /// Its slot and publication. The slot is made where it is missing; the publication has to be there.
    pub names: Names,
    /// Where changes go.
    pub journal: J,
    /// The right to write there, and to the slot: the token of the lease.
    pub fence: Fence,
    /// Who listens.
    pub live: Live,
    /// Bounds.
    pub settings: Settings,
    /// How it goes; see [`Status`].
    pub status: watch::Sender<Status>,
}

/// Why an attempt ended.
enum Failure {
    /// Another holds the lease now.
    Fenced,
    /// The journal cannot write at the moment.
    Journal,
    /// The database, or what is between.
    Source(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Source(error)
    }
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::Fenced => Self::Fenced,
            JournalError::Unavailable => Self::Journal,
        }
    }
}

impl<J: Journal> Capture<J> {
    /// Captures until another holds the lease. Dropping it stops at once, and loses nothing.
    pub async fn run(&self) {
        let mut back_off = BackOff::default();
        loop {
            self.status.send_modify(|status| status.phase = Phase::Connecting);
            let phase = match self.attempt(&mut back_off).await {
                Failure::Fenced => {
                    self.status.send_modify(|status| status.phase = Phase::Fenced);
                    return;
                }
                Failure::Journal => Phase::JournalFails,
                Failure::Source(error) => {
                    tracing::warn!(slot = self.names.slot, %error, "the stream of changes broke; it will begin again");
                    if error.is(SqlState::UNDEFINED_OBJECT) {
                        self.give_up_slot().await;
                    }
                    Phase::SourceFails(error)
                }
            };
            self.status.send_modify(|status| status.phase = phase);
            tokio::time::sleep(back_off.next()).await;
        }
    }

    async fn attempt(&self, back_off: &mut BackOff) -> Failure {
        let begun = match self.begin().await {
            Ok(begun) => begun,
            Err(failure) => return failure,
        };
        match self.stream(begun, back_off).await {
            Ok(never) => match never {},
            Err(failure) => failure,
        }
    }

    /// A change from the time when there was no publication can never be decoded. Where there is one again, the slot is made anew, which is a gap.
    async fn give_up_slot(&self) {
        let published = setup::published(&self.dialer, &self.target, &self.names.publication).await;
        if matches!(published, Ok(Some(_)))
            && let Err(error) = setup::drop_slot(&self.dialer, &self.target, &self.names.slot).await
        {
            tracing::warn!(slot = self.names.slot, %error, "the slot cannot be dropped");
        }
    }
}
