//! What the text of a column means.

mod array;
mod bytes;
mod kind;
mod moment;
mod number;

pub(crate) use array::{Member, parse as members};
pub(crate) use bytes::decode as bytes;
pub(crate) use kind::{ColumnType, Kind};
pub(crate) use moment::Moment;
pub(crate) use number::{Number, plain};
