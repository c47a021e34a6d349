//! What is told of operations, for usage and metrics.

use crate::cache::Status;
use kernel::{KeyId, ProjectId, ResourceId};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Counts operations. It is on every query's way: it must be quick and never wait.
pub trait Meter: Send + Sync + 'static {
    /// Called once for each operation, when it ends.
    fn record(&self, operation: &Operation<'_>);
}

/// One query of a client whose key was good, however it ended. What begins or ends a transaction is none.
#[derive(Debug)]
pub struct Operation<'a> {
    pub key: KeyId,
    pub resource: ResourceId,
    pub project: ProjectId,
    /// From the check of the key to the answer, the wait in the throttle's line included.
    pub latency: Duration,
    pub ended: Instant,
    pub outcome: Outcome<'a>,
}

/// How an operation ended, with the bytes of the body that said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome<'a> {
    Answered {
        status: Status,
        bytes: u64,
    },
    /// With the code that the client was told.
    Failed {
        code: &'a str,
        bytes: u64,
    },
    /// The client went away before.
    Gone,
}

/// Counts nothing.
impl Meter for () {
    fn record(&self, _: &Operation<'_>) {}
}

impl<M: Meter> Meter for Arc<M> {
    fn record(&self, operation: &Operation<'_>) {
        M::record(self, operation);
    }
}
