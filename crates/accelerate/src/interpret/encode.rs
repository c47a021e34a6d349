//! A value as the parameter of a statement, in the form that node-postgres and Prisma's adapter send it.

use crate::error::QueryError;
use crate::js::{moment, number, string};
use crate::plan::{ArgType, ScalarType};
use crate::shape::json;
use crate::value::Value;
use crate::wire::Params;

/// Of a list: lists share their members, so that a short plan's may have a text without end.
const LONGEST: usize = 64 * 1024 * 1024;
/// Of all parameters of a statement: a request's value may stand in many places of its plan.
const TOGETHER: usize = 256 * 1024 * 1024;

fn too_long() -> QueryError {
    QueryError::user("P2029", "A parameter of the query is too long for the database.")
}

/// Appends one parameter.
pub fn push(params: &mut Params, value: &Value, kind: &ArgType) -> Result<(), QueryError> {
    if params.bytes() > TOGETHER {
        return Err(too_long());
    }
    match value {
        Value::Null | Value::Undefined => params.push_null(),
        Value::Bytes(bytes) => params.push(true, |out| out.extend_from_slice(bytes)).map_err(|_| too_long())?,
        Value::Text(text) if kind.scalar == ScalarType::Bytes && !kind.is_list => {
            let bytes = string::decode_base64(text);
            params.push(true, |out| out.extend_from_slice(&bytes)).map_err(|_| too_long())?;
        }
        Value::Text(text) if kind.scalar != ScalarType::Datetime => {
            params.push(false, |out| out.extend_from_slice(text.as_bytes())).map_err(|_| too_long())?;
        }
        value => {
            let mut text = Vec::new();
            write(&mut text, value, kind)?;
            params.push(false, |out| out.extend_from_slice(&text)).map_err(|_| too_long())?;
        }
    }
    Ok(())
}

/// The text form of anything but null and bytes.
fn write(out: &mut Vec<u8>, value: &Value, kind: &ArgType) -> Result<(), QueryError> {
    match value {
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Int(number) => out.extend_from_slice(number.to_string().as_bytes()),
        Value::Float(number) => out.extend_from_slice(number::write_string(*number).as_bytes()),
        Value::Text(text) if kind.scalar == ScalarType::Datetime => {
            let ms = moment::parse(text).ok_or_else(|| QueryError::internal(format!("Invalid date: {}", &**text)))?;
            write_moment(out, ms, kind);
        }
        Value::Text(text) | Value::Json(text) => out.extend_from_slice(text.as_bytes()),
        Value::Date(ms) => write_moment(out, *ms, kind),
        Value::List(values) => write_array(out, values, kind)?,
        Value::Record(_) => json::write(out, value),
        Value::Bytes(bytes) => write_hex(out, bytes),
        Value::Null | Value::Undefined => {}
    }
    Ok(())
}

fn write_moment(out: &mut Vec<u8>, ms: i64, kind: &ArgType) {
    match kind.db_type.as_deref() {
        Some("TIME" | "TIMETZ") => moment::write_pg_time(out, ms),
        Some("DATE") => moment::write_pg_date(out, ms),
        _ => moment::write_pg_datetime(out, ms),
    }
}

/// `{"a","b",NULL}`; every member but null and lists is quoted.
fn write_array(out: &mut Vec<u8>, values: &[Value], kind: &ArgType) -> Result<(), QueryError> {
    if out.len() > LONGEST {
        return Err(too_long());
    }
    // Without the type of a list its members are sent as they are.
    let plain = ArgType::default();
    let own = if kind.is_list { kind } else { &plain };
    out.push(b'{');
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        match value {
            Value::Null | Value::Undefined => out.extend_from_slice(b"NULL"),
            Value::List(values) => write_array(out, values, kind)?,
            Value::Bytes(bytes) => {
                out.push(b'\\');
                write_hex(out, bytes);
            }
            Value::Text(text) if own.scalar == ScalarType::Bytes => {
                out.push(b'\\');
                write_hex(out, &string::decode_base64(text));
            }
            value => {
                let mut text = Vec::new();
                write(&mut text, value, own)?;
                write_quoted(out, &text);
            }
        }
    }
    out.push(b'}');
    Ok(())
}

fn write_quoted(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    for byte in text {
        if matches!(byte, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(*byte);
    }
    out.push(b'"');
}

fn write_hex(out: &mut Vec<u8>, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.extend_from_slice(b"\\x");
    for byte in bytes {
        out.push(DIGITS[usize::from(byte >> 4)]);
        out.push(DIGITS[usize::from(byte & 15)]);
    }
}

/// Evaluates every parameter and encodes it under a type that `choice` decides: for fuzzers.
#[cfg(any(test, feature = "fuzzing"))]
pub fn encode_all(params: &super::Parameters, choice: u8) {
    let scalar = [ScalarType::Other, ScalarType::Datetime, ScalarType::Bytes][usize::from(choice) % 3];
    let db_type = [None, Some("DATE".into()), Some("TIME".into())][usize::from(choice / 6) % 3].clone();
    let kind = ArgType { is_list: choice % 2 == 1, scalar, db_type };
    let mut random = |bytes: &mut [u8]| bytes.fill(choice);
    let mut tools = super::Generators { now_ms: 1_760_000_000_123, random: &mut random, pairs: 0 };
    let (mut scope, mut encoded) = (super::scope::Scope::new(params), Params::default());
    for name in params.names() {
        if let Ok(value) = scope.get(name, &mut tools) {
            // A value that cannot be encoded is refused, and that is all that is asked.
            let _refused = push(&mut encoded, &value, &kind);
            super::told::values(std::iter::once(&value));
        }
    }
}
