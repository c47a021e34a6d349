//! Pulse: the changes of customers' databases as streams of events.

#![warn(missing_docs)]

#[cfg(test)]
mod dice;
mod lsn;
pub mod pgoutput;

pub use lsn::{Lsn, ParseLsnError};
