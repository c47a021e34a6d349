//! Values as JSON.

mod unusual;

use crate::error::QueryError;
use crate::js::{json_text, moment, number};
use crate::value::{Record, Text, Value};
use data_encoding::BASE64;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;

/// The longest text that is written of one value where nobody says otherwise. Values share their parts: of a short plan's there may be a text without end.
const MOST: usize = 256 * 1024 * 1024;

/// Appends what `JSON.stringify` makes of the value; bytes become base64.
pub fn write(out: &mut Vec<u8>, value: &Value) {
    append(out, value, out.len().saturating_add(MOST));
}

/// The same as an answer, of at most this many bytes.
///
/// # Errors
/// P6009 for a longer one.
pub fn write_within(out: &mut Vec<u8>, value: &Value, most: usize) -> Result<(), QueryError> {
    append(out, value, most);
    super::within(out, most)
}

/// Stops once the text is longer than it may be.
fn append(out: &mut Vec<u8>, value: &Value, most: usize) {
    if out.len() > most {
        return;
    }
    match value {
        Value::Undefined | Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Int(number) => out.extend_from_slice(number.to_string().as_bytes()),
        Value::Float(number) => number::write_f64(out, *number),
        Value::Text(text) => json_text::write_string(out, text),
        Value::Json(text) => out.extend_from_slice(text.as_bytes()),
        Value::Bytes(bytes) => {
            out.push(b'"');
            out.extend_from_slice(BASE64.encode(bytes).as_bytes());
            out.push(b'"');
        }
        Value::Date(ms) => {
            out.push(b'"');
            // A date beyond the calendar is no date: JavaScript writes null.
            let start = out.len();
            if moment::write_iso(out, *ms).is_err() {
                out.truncate(start - 1);
                out.extend_from_slice(b"null");
                return;
            }
            out.push(b'"');
        }
        Value::List(values) => {
            out.push(b'[');
            for (at, value) in values.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                append(out, value, most);
            }
            out.push(b']');
        }
        Value::Record(record) => {
            out.push(b'{');
            let mut first = true;
            for (name, value) in record.fields().filter(|(_, value)| **value != Value::Undefined) {
                if !std::mem::take(&mut first) {
                    out.push(b',');
                }
                json_text::write_string(out, name);
                out.push(b':');
                append(out, value, most);
            }
            out.push(b'}');
        }
    }
}

/// JSON that came out of the database, as JavaScript would write it again.
///
/// # Errors
/// Where it is none.
pub fn normalized(text: &str) -> Result<Value, QueryError> {
    let mut out = Vec::new();
    json_text::write_normalized(&mut out, text).map_err(|_| no_json())?;
    Text::from_utf8(out.into()).map(Value::Json).ok_or_else(no_json)
}

/// The value of JSON that came out of the database.
///
/// # Errors
/// Where it is none.
pub fn parse(text: &str) -> Result<Value, QueryError> {
    match serde_json::from_str::<Parsed>(text) {
        Ok(parsed) => Ok(parsed.0),
        // JavaScript reads deeper values and larger numbers.
        Err(_) => unusual::parse(text).ok_or_else(no_json),
    }
}

fn no_json() -> QueryError {
    QueryError::data("Expected an array or object, got a string that is not valid JSON")
}

/// The members of an object: of two with one name the last counts, in the place of the first.
#[derive(Default)]
struct Fields {
    fields: Vec<(Box<str>, Value)>,
    places: HashMap<String, usize>,
}

impl Fields {
    fn set(&mut self, name: String, value: Value) {
        match self.places.entry(name) {
            Entry::Occupied(place) => self.fields[*place.get()].1 = value,
            Entry::Vacant(place) => {
                self.fields.push((place.key().as_str().into(), value));
                place.insert(self.fields.len() - 1);
            }
        }
    }

    fn into_value(self) -> Value {
        Value::Record(Record::new(self.fields).into())
    }
}

struct Parsed(Value);

impl<'de> Deserialize<'de> for Parsed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader).map(Self)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    #[expect(clippy::cast_precision_loss, reason = "JSON's numbers are JavaScript's")]
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value as f64))
    }

    #[expect(clippy::cast_precision_loss, reason = "JSON's numbers are JavaScript's")]
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Parsed(value)) = seq.next_element()? {
            values.push(value);
        }
        Ok(Value::list(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut fields = Fields::default();
        while let Some((name, Parsed(value))) = map.next_entry::<String, _>()? {
            fields.set(name, value);
        }
        Ok(fields.into_value())
    }
}
