//! Where changes come from.

mod feedback;
mod replication;
mod slots;

use std::future::Future;

use bytes::Bytes;

pub use feedback::Pace;
pub use replication::Replication;
pub use slots::{System, create_slot, identify};

use crate::{Error, Lsn};

/// What a source tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// A message of `pgoutput`; see [`crate::pgoutput::split`].
    Message(Bytes),
    /// The beginning of a message that is larger than what is taken, and how many bytes it had. The rest is gone.
    Oversized {
        /// Enough to know of which kind, transaction and table it was.
        head: Bytes,
        /// Of all.
        length: usize,
    },
    /// Everything up to here was sent: what is not committed in it will be sent later, whatever is confirmed.
    Reached(Lsn),
}

/// A running stream of changes. It is read only as fast as frames are asked for.
pub trait ChangeSource: Send {
    /// The next frame. Giving up the wait loses nothing.
    fn next(&mut self) -> impl Future<Output = Result<Frame, Error>> + Send;

    /// The next frame where it has been read already; nothing is waited for.
    fn ready(&mut self) -> Option<Result<Frame, Error>>;

    /// Keeps the source alive while no frame can be taken; ends only with a failure.
    fn wait(&mut self) -> impl Future<Output = Error> + Send;

    /// Everything up to here is durable and need never be sent again. The source hears it by and by.
    fn confirm(&mut self, durable: Lsn);
}
