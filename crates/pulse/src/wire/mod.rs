//! Postgres' protocol, as far as replication needs it: simple queries and the copy in both directions.
//! <https://www.postgresql.org/docs/current/protocol-replication.html>

mod connection;
mod message;
mod quote;

pub(crate) use connection::{Connection, Copied, Mode};
pub(crate) use quote::{identifier, literal};

/// A row of a simple query: text, or null.
pub(crate) type Row = Vec<Option<String>>;
