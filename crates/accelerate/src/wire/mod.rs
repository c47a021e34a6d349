//! Postgres' protocol, as far as a plan needs it: extended queries with text in both directions.
//!
//! A statement is parsed once a connection and bound afterwards; bind, execute and sync go out in one write, and rows are read where they arrive.
//! <https://www.postgresql.org/docs/current/protocol-message-formats.html>

mod connection;
mod message;
mod params;
mod statements;

pub use connection::{Completion, Connection, Failure, Row, RowError, Sink, Status};
pub use message::{Columns, ServerError};
pub use params::Params;
