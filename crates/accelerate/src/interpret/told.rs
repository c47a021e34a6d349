//! The parameters of a statement as the client is told them: what they were before the database's forms.

use super::render::Part;
use crate::plan::Fragment;
use crate::shape::json;
use crate::value::Value;

/// A JSON array of the values.
pub(super) fn values<'a>(values: impl Iterator<Item = &'a Value>) -> Vec<u8> {
    let mut out = vec![b'['];
    for value in values {
        if out.len() > 1 {
            out.push(b',');
        }
        json::write(&mut out, value);
    }
    out.push(b']');
    out
}

/// A JSON array of what the fragments of one statement take, in the order of the placeholders.
pub(super) fn parts(fragments: &[Fragment], parts: &[Part]) -> Vec<u8> {
    values(fragments.iter().zip(parts).flat_map(|(fragment, part)| {
        let flat: Vec<&Value> = match (fragment, &part.value) {
            (Fragment::StringChunk { .. }, _) => Vec::new(),
            (Fragment::ParameterTuple { .. }, Value::List(values)) => values.iter().collect(),
            (Fragment::ParameterTupleList { .. }, Value::List(tuples)) => tuples.iter().flat_map(members).collect(),
            (_, value) => vec![value],
        };
        flat
    }))
}

fn members(tuple: &Value) -> &[Value] {
    if let Value::List(values) = tuple { values } else { &[] }
}
