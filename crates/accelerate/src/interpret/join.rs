//! Children to their parents, by the values of some fields.

use super::budget::Budget;
use crate::error::QueryError;
use crate::js::number;
use crate::plan::JoinChild;
use crate::shape::json;
use crate::value::{Record, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// Gives each parent its children under the child's `parent_field`: a list, or the last one where the relation is unique.
pub(super) fn attach(
    parents: Value,
    children: Vec<(&JoinChild, Value)>,
    strict: bool,
    budget: &mut Budget,
) -> Result<Value, QueryError> {
    let single = !matches!(parents, Value::List(_));
    let mut records = parents.into_list();
    for (join, found) in children {
        attach_one(&mut records, join, found, strict, budget)?;
    }
    match single {
        true => Ok(records.pop().unwrap_or_default()),
        false => Ok(Value::list(records)),
    }
}

fn attach_one(
    records: &mut [Value],
    join: &JoinChild,
    found: Value,
    strict: bool,
    budget: &mut Budget,
) -> Result<(), QueryError> {
    let parent_keys: Vec<&str> = join.on.iter().map(|(parent, _)| &**parent).collect();
    let child_keys: Vec<&str> = join.on.iter().map(|(_, child)| &**child).collect();
    let casts = if strict { Vec::new() } else { casts(records, &parent_keys) };
    let mut by_key: HashMap<Vec<u8>, Vec<usize>> = HashMap::with_capacity(records.len());
    for (at, parent) in records.iter().enumerate() {
        by_key.entry(key(record(parent)?, &parent_keys, &[])?).or_default().push(at);
    }
    let mut own: Vec<Vec<Value>> = vec![Vec::new(); records.len()];
    for child in found.into_list() {
        if matches!(child, Value::Null) {
            continue;
        }
        let Some((last, others)) =
            by_key.get(&key(record(&child)?, &child_keys, &casts)?).and_then(|at| at.split_last())
        else {
            continue;
        };
        budget.spend(others.len())?;
        for at in others {
            own[*at].push(child.clone());
        }
        own[*last].push(child);
    }
    for (parent, mut children) in records.iter_mut().zip(own) {
        let value = match join.is_relation_unique {
            true => children.pop().unwrap_or(Value::Null),
            false => Value::list(children),
        };
        if let Value::Record(parent) = parent {
            Arc::make_mut(parent).set(&join.parent_field, value);
        }
    }
    Ok(())
}

/// Of a record's fields together: an indexed value of Postgres has 2704 bytes at most.
const LONGEST: usize = 1024 * 1024;

pub(super) fn record(value: &Value) -> Result<&Record, QueryError> {
    match value {
        Value::Record(record) => Ok(record),
        other => Err(QueryError::internal(format!("Expected object, got {}", other.type_name()))),
    }
}

/// What a child's key is turned into so that it compares with the parents'.
#[derive(Clone, Copy)]
pub(super) enum Cast {
    None,
    Number,
    Text,
    Bool,
}

/// By key, the type of the first parent that has one.
fn casts(records: &[Value], keys: &[&str]) -> Vec<Cast> {
    let cast = |value: &Value| match value {
        Value::Int(_) | Value::Float(_) => Cast::Number,
        Value::Text(_) => Cast::Text,
        Value::Bool(_) => Cast::Bool,
        _ => Cast::None,
    };
    let first = |key: &&str| {
        let values = records.iter().filter_map(|value| record(value).ok()?.get(key));
        values.filter(|value| !matches!(value, Value::Null)).map(cast).next().unwrap_or(Cast::None)
    };
    keys.iter().map(first).collect()
}

/// The values of these fields as one text: two records have the same if and only if JavaScript would say so.
///
/// # Errors
/// P6009 for a text that is far longer than any key.
pub(super) fn key(record: &Record, fields: &[&str], casts: &[Cast]) -> Result<Vec<u8>, QueryError> {
    let mut out = Vec::with_capacity(16 * fields.len());
    out.push(b'[');
    for (at, field) in fields.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        let value = record.get(field).unwrap_or(&Value::Undefined);
        match (casts.get(at), value) {
            (Some(Cast::Number), Value::Text(text)) => json::write(&mut out, &Value::from(number::parse(text))),
            (Some(Cast::Number), Value::Bool(value)) => json::write(&mut out, &Value::Int(i64::from(*value))),
            (Some(Cast::Text), Value::Int(_) | Value::Float(_) | Value::Bool(_)) => {
                let mut text = Vec::new();
                json::write(&mut text, value);
                json::write(&mut out, &Value::text(String::from_utf8_lossy(&text)));
            }
            (Some(Cast::Bool), Value::Int(number)) => json::write(&mut out, &Value::Bool(*number != 0)),
            (Some(Cast::Bool), Value::Text(text)) => json::write(&mut out, &Value::Bool(!text.is_empty())),
            _ => json::write_within(&mut out, value, LONGEST)?,
        }
    }
    out.push(b']');
    Ok(out)
}
