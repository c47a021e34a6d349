//! The messages of `pgoutput`, Postgres' own output plugin, in protocol versions 1 and 2.
//!
//! A message is split first ([`split`]), which costs nothing, and decoded where its content is asked for ([`decode`]). What was decoded is
//! sound in every length and is UTF-8; values stay the text that the server sent.
//! <https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html>

mod decode;
#[cfg(test)]
pub(crate) mod hostile;
mod message;
mod reader;
mod relation;
mod tuple;

pub use decode::{Part, decode, relation_of, split};
pub use message::{Message, Old};
pub use reader::Malformed;
pub use relation::{Column, Identity, Relation, TypeName};
pub use tuple::{Cell, Tuple};
