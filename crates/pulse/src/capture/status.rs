//! How capture goes, for whoever shows or measures it.

use super::Gap;
use crate::{Error, Lsn, events::EventId};

/// What it is doing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Phase {
    /// On its way to the database.
    #[default]
    Connecting,
    /// Changes come as they happen.
    Streaming,
    /// The database fails it; it tries again.
    SourceFails(Error),
    /// The journal fails it; it tries again.
    JournalFails,
    /// Another node has taken over.
    Fenced,
}

/// How capture goes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Status {
    /// What it is doing.
    pub phase: Phase,
    /// What is durable.
    pub durable: Lsn,
    /// Changes since it was started, those that came twice as well.
    pub changes: u64,
    /// Changes that were left out for being too large.
    pub oversized: u64,
    /// The last change that those who listen have heard of.
    pub told: Option<EventId>,
    /// The last gap since it was started.
    pub gap: Option<Gap>,
}
