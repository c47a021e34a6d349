//! Values under the client's schema: which fields, in which order, tagged by their types.

use super::{json, jsonb};
use crate::error::QueryError;
use crate::js::{decimal, json_text, moment, number, string};
use crate::plan::{Arity, Encoding, Enums, FieldType, Ordered, Scalar, Structure};
use crate::value::{Names, Record, Value};
use data_encoding::BASE64;
use std::fmt;
use std::sync::Arc;

/// What holds for the whole of an answer.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    pub enums: &'a Enums,
    /// Bytes that the answer may have together with what stands before it.
    pub most: usize,
}

/// Appends the value under its structure.
///
/// # Errors
/// P6009 as soon as it is longer than it may be: children that many parents share are written for each of them.
pub fn write(out: &mut Vec<u8>, value: &Value, structure: &Structure, frame: Frame<'_>) -> Result<(), QueryError> {
    append(out, value, structure, frame)?;
    super::within(out, frame.most)
}

fn append(out: &mut Vec<u8>, value: &Value, structure: &Structure, frame: Frame<'_>) -> Result<(), QueryError> {
    match structure {
        Structure::AffectedRows => match value {
            Value::Int(count) => {
                out.extend_from_slice(format!("{{\"count\":{count}}}").as_bytes());
                Ok(())
            }
            other => Err(QueryError::data(format!("Expected an affected rows count, got: {}", described(other)))),
        },
        Structure::Object { fields, skip_nulls, .. } => objects(out, value, fields, *skip_nulls, frame),
        Structure::Field { field_type, .. } => {
            one(out, value, Place { column: "<result>", member: None }, &field_type.scalar, frame)
        }
    }
}

fn objects(
    out: &mut Vec<u8>,
    value: &Value,
    fields: &Ordered<Structure>,
    skip_nulls: bool,
    frame: Frame<'_>,
) -> Result<(), QueryError> {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::List(rows) => {
            out.push(b'[');
            let places = Places::of(rows, fields);
            let mut first = true;
            for row in rows.iter().filter(|row| !skip_nulls || !matches!(row, Value::Null)) {
                if !std::mem::take(&mut first) {
                    out.push(b',');
                }
                match row {
                    Value::Record(record) => object(out, record, fields, places.as_ref(), frame)?,
                    other => {
                        return Err(QueryError::data(format!("Expected an object, but got '{}'", other.type_name())));
                    }
                }
            }
            out.push(b']');
        }
        Value::Record(record) => object(out, record, fields, None, frame)?,
        Value::Text(text) => return objects(out, &json::parse(text)?, fields, skip_nulls, frame),
        other => {
            return Err(QueryError::data(format!("Expected an array or an object, got: {}", other.type_name())));
        }
    }
    Ok(())
}

/// Where the fields stand in the rows of a result, which share their names.
struct Places<'a> {
    names: &'a Names,
    /// By field; none for what is no column of the result.
    at: Vec<Option<usize>>,
}

impl<'a> Places<'a> {
    fn of(rows: &'a [Value], fields: &Ordered<Structure>) -> Option<Self> {
        let Some(Value::Record(first)) = rows.first() else { return None };
        let names = first.names();
        let place = |structure: &Structure| match structure {
            Structure::Field { db_name, .. } => names.iter().rposition(|own| own == db_name),
            _ => None,
        };
        Some(Self { names, at: fields.0.iter().map(|(_, structure)| place(structure)).collect() })
    }
}

fn object(
    out: &mut Vec<u8>,
    record: &Record,
    fields: &Ordered<Structure>,
    places: Option<&Places<'_>>,
    frame: Frame<'_>,
) -> Result<(), QueryError> {
    let places = places.filter(|places| Arc::ptr_eq(places.names, record.names()));
    out.push(b'{');
    for (at, (name, structure)) in fields.0.iter().enumerate() {
        super::within(out, frame.most)?;
        if at > 0 {
            out.push(b',');
        }
        json_text::write_string(out, name);
        out.push(b':');
        match structure {
            Structure::AffectedRows => {
                return Err(QueryError::data(format!(
                    "Unexpected 'AffectedRows' node in data mapping for field '{name}'"
                )));
            }
            Structure::Object { fields, serialized_name: None, .. } => object(out, record, fields, None, frame)?,
            Structure::Object { fields, serialized_name: Some(held), skip_nulls } => {
                let value = record.get(held).ok_or_else(|| missing("Object", name))?;
                objects(out, value, fields, *skip_nulls, frame)?;
            }
            Structure::Field { db_name, field_type } => {
                let place = places.and_then(|places| places.at.get(at).copied().flatten());
                let value = place.map_or_else(|| record.get(db_name), |place| record.get_at(place, db_name));
                let value = value.ok_or_else(|| missing("Value", db_name))?;
                field(out, value, db_name, field_type, frame)?;
            }
        }
    }
    out.push(b'}');
    Ok(())
}

pub(super) fn missing(what: &str, name: &str) -> QueryError {
    QueryError::data(format!("Missing data field ({what}): '{name}'"))
}

/// Appends the value of a field.
pub fn field(
    out: &mut Vec<u8>,
    value: &Value,
    column: &str,
    kind: &FieldType,
    frame: Frame<'_>,
) -> Result<(), QueryError> {
    match (value, kind.arity) {
        (Value::Null, Arity::List) => out.extend_from_slice(b"[]"),
        (Value::Null, Arity::Scalar) => out.extend_from_slice(b"null"),
        (Value::List(values), Arity::List) => {
            out.push(b'[');
            for (at, value) in values.iter().enumerate() {
                super::within(out, frame.most)?;
                if at > 0 {
                    out.push(b',');
                }
                one(out, value, Place { column, member: Some(at) }, &kind.scalar, frame)?;
            }
            out.push(b']');
        }
        (other, Arity::List) => {
            return Err(QueryError::data(format!("Expected a list in column '{column}', got {}", described(other))));
        }
        (value, Arity::Scalar) => one(out, value, Place { column, member: None }, &kind.scalar, frame)?,
    }
    Ok(())
}

/// A value's column, in the words of an error: `tags`, or `tags[1]` of its members.
#[derive(Clone, Copy)]
struct Place<'a> {
    column: &'a str,
    member: Option<usize>,
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.column)?;
        self.member.map_or(Ok(()), |at| write!(f, "[{at}]"))
    }
}

fn one(out: &mut Vec<u8>, value: &Value, column: Place<'_>, kind: &Scalar, frame: Frame<'_>) -> Result<(), QueryError> {
    let wrong =
        |what: &str| QueryError::data(format!("Expected {what} in column '{column}', got {}", described(value)));
    match (kind, value) {
        (Scalar::Unsupported, value) => json::write_within(out, value, frame.most)?,
        (Scalar::String, Value::Text(text)) => json_text::write_string(out, text),
        (Scalar::String, _) => return Err(wrong("a string")),
        (Scalar::Int, value) => integer(out, value, column)?,
        (Scalar::Bigint, Value::Text(text)) => tagged(out, "BigInt", |out| out.extend_from_slice(text.as_bytes())),
        (Scalar::Bigint, Value::Int(number)) => {
            tagged(out, "BigInt", |out| out.extend_from_slice(itoa::Buffer::new().format(*number).as_bytes()));
        }
        (Scalar::Bigint, Value::Float(number)) => {
            tagged(out, "BigInt", |out| out.extend_from_slice(number::write_string(*number).as_bytes()));
        }
        (Scalar::Bigint, _) => return Err(wrong("a bigint")),
        (Scalar::Float, Value::Int(_) | Value::Float(_)) => json::write_within(out, value, frame.most)?,
        (Scalar::Float, Value::Text(text)) => {
            let number = number::parse(text);
            let said = matches!(text.trim_start_matches(['-', '+']).to_ascii_lowercase().as_str(), "nan");
            if number.is_nan() && !said {
                return Err(QueryError::data(format!(
                    "Expected a float in column '{column}', got string: {}",
                    &**text
                )));
            }
            number::write_f64(out, number);
        }
        (Scalar::Float, _) => return Err(wrong("a float")),
        (Scalar::Boolean, value) => {
            let known = boolean(value).ok_or_else(|| wrong("a boolean"))?;
            out.extend_from_slice(if known { b"true" } else { b"false" });
        }
        (Scalar::Decimal, Value::Text(text)) => decimal_of(out, text).ok_or_else(|| wrong("a decimal"))?,
        (Scalar::Decimal, Value::Int(_) | Value::Float(_)) => {
            let text = value.as_number().map(number::write_string).unwrap_or_default();
            decimal_of(out, &text).ok_or_else(|| wrong("a decimal"))?;
        }
        (Scalar::Decimal, _) => return Err(wrong("a decimal")),
        (Scalar::Datetime, Value::Text(text)) => moment_of(out, text).ok_or_else(|| wrong("a date"))?,
        (Scalar::Datetime, Value::Date(ms) | Value::Int(ms)) => {
            let mut text = Vec::new();
            moment::write_iso(&mut text, *ms).map_err(|_| wrong("a date"))?;
            tagged(out, "DateTime", |out| out.extend_from_slice(&text));
        }
        (Scalar::Datetime, _) => return Err(wrong("a date")),
        (Scalar::Object, value) => {
            let mut text = Vec::new();
            json::write_within(&mut text, value, frame.most)?;
            json_of(out, &String::from_utf8_lossy(&text)).ok_or_else(|| wrong("JSON"))?;
        }
        (Scalar::Json, Value::Text(text)) => json_of(out, text).ok_or_else(|| wrong("JSON"))?,
        (Scalar::Json, value) => {
            let mut text = Vec::new();
            json::write_within(&mut text, value, frame.most)?;
            json_of(out, &String::from_utf8_lossy(&text)).ok_or_else(|| wrong("JSON"))?;
        }
        (Scalar::Bytes { encoding }, value) => bytes(out, value, *encoding, column)?,
        (Scalar::Enum { name }, value) => {
            let known = frame.enums.get(name).ok_or_else(|| QueryError::data(format!("Unknown enum '{name}'")))?;
            let unknown = |text: &str| QueryError::data(format!("Value '{text}' not found in enum '{name}'"));
            let found = match value {
                Value::Text(text) => known.get(&**text).ok_or_else(|| unknown(text))?,
                other => return Err(unknown(&described(other))),
            };
            json_text::write_string(out, found);
        }
    }
    Ok(())
}

/// Of lists and records in a message.
const LONGEST_TOLD: usize = 64 * 1024;

/// A value as JavaScript would put it into a sentence after its type.
fn described(value: &Value) -> String {
    let mut text = Vec::new();
    // Of a longer one its begin is told.
    let _ = json::write_within(&mut text, value, LONGEST_TOLD);
    let text = String::from_utf8_lossy(&text);
    format!("{}: {}", value.type_name(), text.trim_matches('"'))
}

fn tagged(out: &mut Vec<u8>, tag: &str, value: impl FnOnce(&mut Vec<u8>)) {
    out.extend_from_slice(b"{\"$type\":\"");
    out.extend_from_slice(tag.as_bytes());
    out.extend_from_slice(b"\",\"value\":\"");
    value(out);
    out.extend_from_slice(b"\"}");
}

pub(super) fn decimal_of(out: &mut Vec<u8>, text: &str) -> Option<()> {
    let start = out.len();
    let mut sound = Ok(());
    tagged(out, "Decimal", |out| sound = decimal::write_normalized(out, text));
    if sound.is_err() {
        out.truncate(start);
    }
    sound.ok()
}

pub(super) fn moment_of(out: &mut Vec<u8>, text: &str) -> Option<()> {
    let start = out.len();
    let mut sound = Ok(());
    tagged(out, "DateTime", |out| sound = moment::normalize(out, text));
    if sound.is_err() {
        out.truncate(start);
    }
    sound.ok()
}

/// The same for what Postgres printed of a `jsonb`; `None` where that is to go the long way.
pub(super) fn jsonb_of(out: &mut Vec<u8>, text: &[u8]) -> Option<()> {
    let start = out.len();
    let mut done = None;
    tagged(out, "Json", |out| done = jsonb::write(out, text));
    if done.is_none() {
        out.truncate(start);
    }
    done
}

pub(super) fn json_of(out: &mut Vec<u8>, text: &str) -> Option<()> {
    let mut normalized = Vec::with_capacity(text.len());
    json_text::write_normalized(&mut normalized, text).ok()?;
    out.extend_from_slice(b"{\"$type\":\"Json\",\"value\":");
    json_text::write_string(out, std::str::from_utf8(&normalized).ok()?);
    out.push(b'}');
    Some(())
}

/// Bytes by the digits of Postgres' text form.
pub(super) fn hex_of(out: &mut Vec<u8>, hex: &[u8]) -> Option<()> {
    let start = out.len();
    let mut sound = Ok(());
    tagged(out, "Bytes", |out| sound = string::base64_of_hex(out, hex));
    if sound.is_err() {
        out.truncate(start);
    }
    sound.ok()
}

fn integer(out: &mut Vec<u8>, value: &Value, column: Place<'_>) -> Result<(), QueryError> {
    match value {
        Value::Int(number) => out.extend_from_slice(itoa::Buffer::new().format(*number).as_bytes()),
        Value::Float(number) => number::write_f64(out, number.trunc()),
        Value::Text(text) => {
            let number = number::parse(text).trunc();
            if !number.is_finite() {
                return Err(QueryError::data(format!(
                    "Expected an integer in column '{column}', got string: {}",
                    &**text
                )));
            }
            if !number::is_safe_integer(number) {
                return Err(QueryError::data(format!(
                    "Integer value in column '{column}' is too large to represent as a JavaScript number without loss of precision, got: {}. Consider using BigInt type.",
                    &**text
                )));
            }
            number::write_f64(out, number);
        }
        other => {
            return Err(QueryError::data(format!(
                "Expected an integer in column '{column}', got {}",
                described(other)
            )));
        }
    }
    Ok(())
}

fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::Int(number) => Some(*number == 1),
        Value::Float(_) => Some(false),
        Value::Text(text) => match &**text {
            "true" | "TRUE" | "1" => Some(true),
            "false" | "FALSE" | "0" => Some(false),
            _ => None,
        },
        Value::Bytes(bytes) => Some(bytes.iter().any(|byte| *byte != 0)),
        _ => None,
    }
}

fn bytes(out: &mut Vec<u8>, value: &Value, encoding: Encoding, column: Place<'_>) -> Result<(), QueryError> {
    let wrong =
        |what: &str| QueryError::data(format!("Expected a {what} in column '{column}', got {}", described(value)));
    match (encoding, value) {
        (Encoding::Array, Value::Bytes(bytes)) => tagged(out, "Bytes", |out| BASE64.encode_append_bytes(bytes, out)),
        (Encoding::Array, _) => return Err(wrong("byte array")),
        (Encoding::Base64, Value::Text(text)) => tagged(out, "Bytes", |out| string::like_base64(out, text)),
        (Encoding::Base64, _) => return Err(wrong("base64-encoded byte array")),
        (Encoding::Hex, Value::Text(text)) => {
            let hex = text.strip_prefix("\\x").ok_or_else(|| wrong("hex-encoded byte array"))?;
            hex_of(out, hex.as_bytes()).ok_or_else(|| wrong("hex-encoded byte array"))?;
        }
        (Encoding::Hex, _) => return Err(wrong("hex-encoded byte array")),
    }
    Ok(())
}

/// Appends base64 without a text in between.
trait EncodeAppend {
    fn encode_append_bytes(&self, bytes: &[u8], out: &mut Vec<u8>);
}

impl EncodeAppend for data_encoding::Encoding {
    fn encode_append_bytes(&self, bytes: &[u8], out: &mut Vec<u8>) {
        let start = out.len();
        out.resize(start + self.encode_len(bytes.len()), 0);
        self.encode_mut(bytes, &mut out[start..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Node;

    /// A long text that many records share is written for each of them, but not beyond the bound: nor one that many fields of a record share.
    #[test]
    fn the_bound_holds_while_it_is_written() {
        let field = r#"{"type":"field","dbName":"bio","fieldType":{"arity":"scalar","type":"string"}}"#;
        let fields = |count: usize| (0..count).map(|at| format!("\"b{at}\":{field}")).collect::<Vec<_>>().join(",");
        let names: Names = Arc::new(["bio".into()]);
        let record = Value::Record(Record::row(names, vec![Value::text("x".repeat(1000))]).into());
        for (records, fields) in [(100_000, fields(1)), (1, fields(500))] {
            let structure = format!(r#"{{"type":"object","fields":{{{fields}}}}}"#);
            let plan = format!(r#"{{"type":"dataMap","args":{{"expr":{{"type":"unit"}},"structure":{structure}}}}}"#);
            let Ok(Node::DataMap(map)) = Node::parse(&plan) else { panic!("{plan}") };
            let (mut out, frame) = (Vec::new(), Frame { enums: &map.enums, most: 20_000 });
            let error =
                write(&mut out, &Value::list(vec![record.clone(); records]), &map.structure, frame).unwrap_err();
            assert_eq!(error.code, "P6009");
            assert!(out.len() < 22_000, "{}", out.len());
        }
    }
}
