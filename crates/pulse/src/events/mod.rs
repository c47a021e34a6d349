//! From changes of rows to events of models.
//!
//! An event tells one model's row in the words of the client's schema, as `@prisma/extension-pulse` reads it:
//! `{"id":"…","action":"update","after":{"id":1,"balance":{"$type":"Decimal","value":"12.5"}}}`.
//!
//! What is not known is left out. An update that leaves a long out-of-line value as it is does not carry it: the event has it where the table's
//! `REPLICA IDENTITY` is `FULL`, and misses the field where it is not. A delete tells the columns of the replica identity alone. Emptying a
//! table is no event of a row, so subscribers do not see it; the change itself is handed to the journal for whoever wants to know.
//!
//! Values of enums are told as the database names them: the client does not send what `@map` makes of them. A list is known by its column, since
//! client 7 does not say which fields are lists; one that is null is told as empty, as in an answer of Prisma Client.

mod change;
mod id;
mod model;
mod shown;
mod table;
mod write;

pub use change::{Action, Change};
pub use id::{EventId, ParseEventIdError};
pub use model::Model;
pub use table::Table;

pub(crate) use change::Cells;
pub(crate) use model::{Field, Scalar, WireModel};
pub(crate) use table::{Binding, Types};
pub(crate) use write::event;
