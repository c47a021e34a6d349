//! Pulse: the changes of customers' databases as streams of events.

#![warn(missing_docs)]

#[cfg(test)]
mod dice;
mod error;
mod lsn;
pub mod pgoutput;
pub mod setup;
pub mod source;
mod wire;

pub use error::{Error, SqlState};
pub use lsn::{Lsn, ParseLsnError};
