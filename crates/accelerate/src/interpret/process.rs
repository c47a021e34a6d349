//! What is done to records in memory: distinct, paging, reversal.

use super::budget::Budget;
use super::join;
use super::scope::{Generate, Scope};
use crate::error::QueryError;
use crate::js::{moment, string};
use crate::plan::{InMemory, Pagination};
use crate::shape::json;
use crate::value::{Record, Value};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

pub(super) struct Processor<'p, 's, 't> {
    pub scope: &'s mut Scope<'p>,
    pub tools: &'t mut dyn Generate,
    pub budget: &'t mut Budget,
}

impl Processor<'_, '_, '_> {
    pub fn run(&mut self, value: Value, ops: &InMemory) -> Result<Value, QueryError> {
        match value {
            Value::Null | Value::Undefined => Ok(value),
            Value::Text(text) => self.run(json::parse(&text)?, ops),
            Value::List(records) => self.many(Arc::unwrap_or_clone(records), ops).map(Value::list),
            one => self.one(one, ops),
        }
    }

    fn one(&mut self, value: Value, ops: &InMemory) -> Result<Value, QueryError> {
        if let Some(pagination) = &ops.pagination {
            if pagination.skip.is_some_and(|skip| skip > 0) || pagination.take == Some(0) {
                return Ok(Value::Null);
            }
            if let Some(cursor) = self.cursor(pagination)?
                && !matches(join::record(&value)?, &cursor)
            {
                return Ok(Value::Null);
            }
        }
        self.nested(value, ops)
    }

    fn nested(&mut self, mut value: Value, ops: &InMemory) -> Result<Value, QueryError> {
        if let Value::Record(record) = &mut value {
            let record = Arc::make_mut(record);
            for (field, ops) in &ops.nested.0 {
                let inner = record.get_mut(field).map(std::mem::take).unwrap_or_default();
                let inner = self.run(inner, ops)?;
                record.set(field, inner);
            }
        }
        Ok(value)
    }

    fn many(&mut self, mut records: Vec<Value>, ops: &InMemory) -> Result<Vec<Value>, QueryError> {
        self.budget.spend(records.len())?;
        let linking: Vec<&str> = ops.linking_fields.iter().flatten().map(|field| &**field).collect();
        if let Some(distinct) = &ops.distinct {
            let fields: Vec<&str> = distinct.iter().map(|field| &**field).chain(linking.iter().copied()).collect();
            let mut seen = HashSet::new();
            let mut kept = Vec::with_capacity(records.len());
            for value in records {
                if seen.insert(join::key(join::record(&value)?, &fields, &[])?) {
                    kept.push(value);
                }
            }
            records = kept;
        }
        if let Some(pagination) = &ops.pagination {
            let cursor = self.cursor(pagination)?;
            records = match ops.linking_fields {
                None => page(records, pagination, cursor.as_ref()),
                Some(_) => {
                    let mut groups = BTreeMap::<Vec<u16>, Vec<Value>>::new();
                    for value in records {
                        let key = join::key(join::record(&value)?, &linking, &[])?;
                        // JavaScript orders texts by their UTF-16 units.
                        let key = String::from_utf8_lossy(&key).encode_utf16().collect();
                        groups.entry(key).or_default().push(value);
                    }
                    groups.into_values().flat_map(|group| page(group, pagination, cursor.as_ref())).collect()
                }
            };
        }
        if ops.reverse {
            records.reverse();
        }
        if ops.nested.0.is_empty() {
            return Ok(records);
        }
        records.into_iter().map(|record| self.nested(record, ops)).collect()
    }

    fn cursor(&mut self, pagination: &Pagination) -> Result<Option<Record>, QueryError> {
        let Some(cursor) = &pagination.cursor else { return Ok(None) };
        let mut fields = Vec::with_capacity(cursor.len());
        for (name, arg) in cursor {
            fields.push((name.clone(), self.scope.value(arg, self.tools)?));
        }
        Ok(Some(Record::new(fields)))
    }
}

fn page(records: Vec<Value>, pagination: &Pagination, cursor: Option<&Record>) -> Vec<Value> {
    let start = match cursor {
        None => Some(0),
        Some(cursor) => {
            records.iter().position(|value| join::record(value).is_ok_and(|record| matches(record, cursor)))
        }
    };
    let Some(start) = start else { return Vec::new() };
    let length = i64::try_from(records.len()).unwrap_or(i64::MAX);
    let start = i64::try_from(start).unwrap_or(i64::MAX).saturating_add(pagination.skip.unwrap_or(0));
    let end = pagination.take.map_or(length, |take| start.saturating_add(take));
    let clamp = |at: i64| {
        // As Array.prototype.slice counts a negative index from the end.
        let at = if at < 0 { (length + at).max(0) } else { at.min(length) };
        usize::try_from(at).unwrap_or(0)
    };
    let (start, end) = (clamp(start), clamp(end));
    records.into_iter().take(end).skip(start).collect()
}

/// Whether the fields that both have are equal, by the types that the database's driver and the client's values have.
fn matches(record: &Record, cursor: &Record) -> bool {
    let (left, right) = (record.fields().count(), cursor.fields().count());
    let (fewer, other) = if left < right { (record, cursor) } else { (cursor, record) };
    fewer.fields().all(|(name, value)| equal(value, other.get(name).unwrap_or(&Value::Undefined)))
}

fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Date(_), _) | (_, Value::Date(_)) => moment_of(left).is_some() && moment_of(left) == moment_of(right),
        (Value::Bytes(_), _) | (_, Value::Bytes(_)) => bytes_of(left).is_some() && bytes_of(left) == bytes_of(right),
        (Value::Text(left), Value::Text(right)) => left == right,
        (Value::Int(_) | Value::Float(_), _) | (_, Value::Int(_) | Value::Float(_)) => {
            left.as_number().is_some() && left.as_number() == right.as_number()
        }
        _ => left == right,
    }
}

fn moment_of(value: &Value) -> Option<i64> {
    match value {
        Value::Date(ms) | Value::Int(ms) => Some(*ms),
        Value::Text(text) => {
            // What the driver gives of `date` and `time` has no zone, or no day.
            let mut normalized = Vec::new();
            moment::normalize(&mut normalized, text).ok()?;
            moment::parse(std::str::from_utf8(&normalized).ok()?)
        }
        _ => None,
    }
}

fn bytes_of(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::Bytes(bytes) => Some(bytes.to_vec()),
        Value::Text(text) => Some(string::decode_base64(text)),
        _ => None,
    }
}

/// `typeof` is a number's, and it is not one.
pub(super) fn not_a_number(value: &Value) -> QueryError {
    QueryError::internal(format!("Expected number, got {}", value.type_name()))
}

/// Four operations on numbers; a division by zero gives null, as some databases do.
pub(super) fn calculate(operation: &crate::plan::Operation, left: &Value, right: Value) -> Result<Value, QueryError> {
    use crate::plan::Operation;
    let numbers = || {
        let number = |value: &Value| value.as_number().ok_or_else(|| not_a_number(value));
        Ok::<_, QueryError>((number(left)?, number(&right)?))
    };
    Ok(match operation {
        Operation::Set(_) => right,
        Operation::Add(_) => numbers().map(|(left, right)| Value::from(left + right))?,
        Operation::Subtract(_) => numbers().map(|(left, right)| Value::from(left - right))?,
        Operation::Multiply(_) => numbers().map(|(left, right)| Value::from(left * right))?,
        Operation::Divide(_) => match numbers()? {
            (_, 0.0) => Value::Null,
            (left, right) => Value::from(left / right),
        },
    })
}
