//! Pulse: the changes of customers' databases as streams of events.

#![warn(missing_docs)]

pub mod capture;
#[cfg(test)]
mod dice;
mod error;
pub mod events;
mod filter;
mod lsn;
pub mod pgoutput;
pub mod setup;
pub mod source;
mod subscription;
mod values;
mod wire;

pub use error::{Error, SqlState};
pub use lsn::{Lsn, ParseLsnError};
pub use subscription::{Event, Subscription};
