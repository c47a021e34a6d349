//! From rows to the client's answer, as `data-mapper.ts`, `serialize-sql.ts` and `json-protocol.ts` of prisma/prisma and the types of its Postgres
//! adapter do it.

mod collect;
mod decode;
pub mod json;
mod jsonb;
mod map;
mod rows;

pub use collect::{Collected, Ignored};
pub use map::{Frame, write};
pub use rows::{Layout, Rows};

use crate::error::QueryError;
use crate::value::Value;
use std::sync::Arc;

/// The one value of a list, or null where it has none.
pub fn unique(value: Value) -> Result<Value, QueryError> {
    match value {
        Value::List(values) if values.len() > 1 => Err(not_unique(values.len())),
        Value::List(values) => Ok(Arc::unwrap_or_clone(values).pop().unwrap_or(Value::Null)),
        other => Ok(other),
    }
}

/// # Errors
/// P6009 for an answer that is longer than the resource allows.
pub fn within(out: &[u8], most: usize) -> Result<(), QueryError> {
    if out.len() > most { Err(too_large(most)) } else { Ok(()) }
}

fn not_unique(found: usize) -> QueryError {
    QueryError::internal(format!("Expected zero or one element, got {found}"))
}

/// P6009: the answer is larger than the resource allows.
pub fn too_large(most: usize) -> QueryError {
    QueryError::limit(
        "P6009",
        format!(
            "The response is larger than the {most} bytes that this resource allows. Select fewer rows or fields, or raise the limit."
        ),
    )
}
