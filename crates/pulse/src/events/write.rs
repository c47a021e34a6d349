//! Events as JSON, written straight from the text of the columns.

use super::{Action, Binding, Cells, EventId, Model, Scalar, Table};
use crate::values::{self, ColumnType, Kind, Member, Moment};

/// Appends the event of a row; false for what is none of a row.
pub(crate) fn event(
    out: &mut String,
    id: EventId,
    action: Action,
    model: &Model,
    table: &Table,
    binding: &Binding,
    cells: &Cells<'_>,
) -> bool {
    let (name, image) = match action {
        Action::Create => ("create", "created"),
        Action::Update => ("update", "after"),
        Action::Delete => ("delete", "deleted"),
        Action::Truncate => return false,
    };
    out.push_str("{\"id\":\"");
    id.push(out);
    for part in ["\",\"action\":\"", name, "\",\"", image, "\":{"] {
        out.push_str(part);
    }
    let begin = out.len();
    // In the order of the client's schema.
    for (field, place) in model.fields.iter().zip(&binding.0) {
        let Some(place) = *place else { continue };
        let (Some(Some(cell)), Some(column)) = (cells.get(place), table.types().get(place)) else { continue };
        if out.len() > begin {
            out.push(',');
        }
        string(out, &field.name);
        out.push(':');
        value(out, field.scalar, *column, *cell);
    }
    out.push_str("}}");
    true
}

/// A list that is null is read as an empty one by Prisma Client, so it is sent as one.
fn value(out: &mut String, scalar: Scalar, column: ColumnType, cell: Option<&str>) {
    match (cell, column.is_array) {
        (None, true) => out.push_str("[]"),
        (None, false) => out.push_str("null"),
        (Some(text), false) => one(out, scalar, column.kind, text),
        (Some(text), true) => match values::members(text) {
            Some(members) => list(out, scalar, column.kind, &members),
            None => string(out, text),
        },
    }
}

fn list(out: &mut String, scalar: Scalar, kind: Kind, members: &[Member]) {
    out.push('[');
    for (index, member) in members.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        match member {
            Member::Null => out.push_str("null"),
            Member::Text(text) => one(out, scalar, kind, text),
            Member::Array(members) => list(out, scalar, kind, members),
        }
    }
    out.push(']');
}

/// What is not as its field says goes out as the text that it is: the client's schema is behind the database's.
fn one(out: &mut String, scalar: Scalar, kind: Kind, text: &str) {
    match scalar {
        Scalar::Int | Scalar::Float => number(out, text),
        Scalar::BigInt if is_whole(text) => tagged(out, "BigInt", text),
        Scalar::Decimal if kind == Kind::Money => tagged(out, "Decimal", &values::plain(kind, text)),
        Scalar::Decimal => tagged(out, "Decimal", text),
        Scalar::Boolean => match text {
            "t" => out.push_str("true"),
            "f" => out.push_str("false"),
            text => string(out, text),
        },
        Scalar::DateTime => {
            let moment = if kind == Kind::Time { Moment::parse_time(text) } else { Moment::parse(text) };
            // `infinity` becomes an invalid date, for want of another.
            tagged(out, "DateTime", &moment.map_or_else(|| text.to_owned(), Moment::iso));
        }
        Scalar::Json => tagged(out, "Json", text),
        Scalar::Bytes => match values::bytes(text) {
            Some(bytes) => tagged(out, "Bytes", &data_encoding::BASE64.encode(&bytes)),
            None => string(out, text),
        },
        Scalar::BigInt | Scalar::String | Scalar::Enum => string(out, text),
    }
}

fn tagged(out: &mut String, name: &str, value: &str) {
    out.push_str("{\"$type\":\"");
    out.push_str(name);
    out.push_str("\",\"value\":");
    string(out, value);
    out.push('}');
}

/// `NaN` and the infinities have no form in JSON; the official executor makes them null.
fn number(out: &mut String, text: &str) {
    if is_whole(text) {
        return out.push_str(text);
    }
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => out.push_str(&serde_json::Value::from(number).to_string()),
        Ok(_) => out.push_str("null"),
        Err(_) => string(out, text),
    }
}

/// A whole number as the database and JSON both write it.
fn is_whole(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
    matches!(digits, [b'0'] | [b'1'..=b'9', ..]) && digits.len() < 20 && digits.iter().all(u8::is_ascii_digit)
}

/// A text between quotation marks.
fn string(out: &mut String, text: &str) {
    out.reserve(text.len() + 2);
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| byte < b' ' || matches!(byte, b'"' | b'\\')) {
        let (plain, from) = rest.split_at(at);
        out.push_str(plain);
        let (special, behind) = from.split_at(1);
        match special {
            "\"" => out.push_str("\\\""),
            "\\" => out.push_str("\\\\"),
            "\n" => out.push_str("\\n"),
            "\t" => out.push_str("\\t"),
            "\r" => out.push_str("\\r"),
            control => out.push_str(&format!("\\u{:04x}", control.as_bytes().first().copied().unwrap_or_default())),
        }
        rest = behind;
    }
    out.push_str(rest);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(scalar: Scalar, column: ColumnType, cell: Option<&str>) -> String {
        let mut out = String::new();
        value(&mut out, scalar, column, cell);
        out
    }

    fn of(scalar: Scalar, kind: Kind, text: &str) -> String {
        written(scalar, ColumnType { kind, is_array: false }, Some(text))
    }

    #[test]
    fn values_are_tagged_as_the_client_expects() {
        for (scalar, kind, text, json) in [
            (Scalar::Int, Kind::Number, "-5", "-5"),
            (Scalar::BigInt, Kind::Number, "9007199254740993", r#"{"$type":"BigInt","value":"9007199254740993"}"#),
            (Scalar::Float, Kind::Number, "1e-07", "1e-7"),
            (Scalar::Float, Kind::Number, "NaN", "null"),
            (Scalar::Decimal, Kind::Number, "12.50", r#"{"$type":"Decimal","value":"12.50"}"#),
            (Scalar::Decimal, Kind::Money, "-$1,234.50", r#"{"$type":"Decimal","value":"-1234.50"}"#),
            (Scalar::Boolean, Kind::Bool, "t", "true"),
            (Scalar::String, Kind::Text, "a\"\n\u{1}", "\"a\\\"\\n\\u0001\""),
            (Scalar::Enum, Kind::Text, "RED", "\"RED\""),
            (
                Scalar::DateTime,
                Kind::Moment,
                "2026-11-21 02:10:19.447896",
                r#"{"$type":"DateTime","value":"2026-11-21T02:10:19.447Z"}"#,
            ),
            (Scalar::DateTime, Kind::Time, "12:00:00", r#"{"$type":"DateTime","value":"1970-01-01T12:00:00.000Z"}"#),
            (Scalar::DateTime, Kind::Moment, "infinity", r#"{"$type":"DateTime","value":"infinity"}"#),
            (Scalar::Json, Kind::Json, r#"{"k":[1]}"#, r#"{"$type":"Json","value":"{\"k\":[1]}"}"#),
            (Scalar::Bytes, Kind::Bytes, "\\x6869", r#"{"$type":"Bytes","value":"aGk="}"#),
        ] {
            assert_eq!(of(scalar, kind, text), json, "{text}");
        }
    }

    #[test]
    fn lists_hold_tagged_values_and_are_never_null() {
        let list = ColumnType { kind: Kind::Number, is_array: true };
        let tagged = r#"[{"$type":"BigInt","value":"1"},null]"#;
        assert_eq!(written(Scalar::BigInt, list, Some("{1,NULL}")), tagged);
        assert_eq!(written(Scalar::BigInt, list, None), "[]");
    }

    #[test]
    fn every_text_is_a_string_of_json() {
        for text in ["", "\"", "a\\b\"c", "\u{0}\u{1f} \n\r\t\u{7f}", "ünï🦀\u{2028}"] {
            assert_eq!(serde_json::from_str::<String>(&of(Scalar::String, Kind::Text, text)).unwrap(), text);
        }
    }
}
