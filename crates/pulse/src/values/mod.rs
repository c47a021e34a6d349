//! What the text of a column means.

mod bytes;
mod kind;
mod moment;
mod number;

pub(crate) use bytes::decode as bytes;
pub(crate) use kind::{ColumnType, Kind};
pub(crate) use moment::Moment;
pub(crate) use number::{Number, plain};
pub(crate) use upstream::array::{Member, parse as members};
