//! Events as JSON.

use serde_json::{Number as JsonNumber, Value as Json, json};

use super::{Action, Binding, Cells, EventId, Model, Scalar, Table};
use crate::values::{self, ColumnType, Kind, Member, Moment, Number};

/// The event of a row; `None` for what is none of a row.
pub(crate) fn event(
    id: EventId,
    action: Action,
    model: &Model,
    table: &Table,
    binding: &Binding,
    cells: &Cells<'_>,
) -> Option<String> {
    let (name, image) = match action {
        Action::Create => ("create", "created"),
        Action::Update => ("update", "after"),
        Action::Delete => ("delete", "deleted"),
        Action::Truncate => return None,
    };
    let mut out = format!(r#"{{"id":"{id}","action":"{name}","{image}":{{"#);
    let begin = out.len();
    // In the order of the client's schema.
    for (field, place) in model.fields.iter().zip(&binding.0) {
        let Some(place) = *place else { continue };
        let (Some(Some(cell)), Some(column)) = (cells.get(place), table.types().get(place)) else { continue };
        if out.len() > begin {
            out.push(',');
        }
        out.push_str(&format!("{}:{}", json!(field.name), value(field.scalar, *column, *cell)));
    }
    out.push_str("}}");
    Some(out)
}

/// A list that is null is read as an empty one by Prisma Client, so it is sent as one.
fn value(scalar: Scalar, column: ColumnType, cell: Option<&str>) -> Json {
    match (cell, column.is_array) {
        (None, true) => json!([]),
        (None, false) => Json::Null,
        (Some(text), false) => one(scalar, column.kind, text),
        (Some(text), true) => match values::members(text) {
            Some(members) => members.into_iter().map(|member| of_member(scalar, column.kind, member)).collect(),
            None => json!(text),
        },
    }
}

fn of_member(scalar: Scalar, kind: Kind, member: Member) -> Json {
    match member {
        Member::Null => Json::Null,
        Member::Text(text) => one(scalar, kind, &text),
        Member::Array(members) => members.into_iter().map(|member| of_member(scalar, kind, member)).collect(),
    }
}

/// What is not as its field says goes out as the text that it is: the client's schema is behind the database's.
fn one(scalar: Scalar, kind: Kind, text: &str) -> Json {
    match scalar {
        Scalar::Int | Scalar::Float => number(text),
        Scalar::BigInt if Number::parse(text).is_some() => tagged("BigInt", text),
        Scalar::Decimal => tagged("Decimal", &values::plain(kind, text)),
        Scalar::Boolean => match text {
            "t" => json!(true),
            "f" => json!(false),
            text => json!(text),
        },
        Scalar::DateTime => {
            let moment = if kind == Kind::Time { Moment::parse_time(text) } else { Moment::parse(text) };
            // `infinity` becomes an invalid date, for want of another.
            moment.map_or_else(|| tagged("DateTime", text), |moment| tagged("DateTime", &moment.iso()))
        }
        Scalar::Json => tagged("Json", text),
        Scalar::Bytes => values::bytes(text)
            .map_or_else(|| json!(text), |bytes| tagged("Bytes", &data_encoding::BASE64.encode(&bytes))),
        Scalar::BigInt | Scalar::String | Scalar::Enum => json!(text),
    }
}

fn tagged(name: &str, value: &str) -> Json {
    json!({ "$type": name, "value": value })
}

/// `NaN` and the infinities have no form in JSON; the official executor makes them null.
fn number(text: &str) -> Json {
    if let Ok(whole) = text.parse::<i64>() {
        return json!(whole);
    }
    match text.parse::<f64>() {
        Ok(number) => JsonNumber::from_f64(number).map_or(Json::Null, Json::Number),
        Err(_) => json!(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(scalar: Scalar, kind: Kind, text: &str) -> String {
        value(scalar, ColumnType { kind, is_array: false }, Some(text)).to_string()
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
        assert_eq!(value(Scalar::BigInt, list, Some("{1,NULL}")).to_string(), tagged);
        assert_eq!(value(Scalar::BigInt, list, None).to_string(), "[]");
    }
}
