//! The same plan as clients before 7.4 spelled it.

use serde_json::{Map, Value, json};

/// The older spelling of all that has one.
pub fn older(plan: &Value) -> Value {
    match plan {
        Value::Array(values) => values.iter().map(older).collect(),
        Value::Object(fields) => object(fields),
        other => other.clone(),
    }
}

fn object(fields: &Map<String, Value>) -> Value {
    let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default();
    let mut old = Map::new();
    for (name, value) in fields {
        let default = match (kind, name.as_str()) {
            ("parameterTuple", "itemPrefix" | "itemSuffix") => Some(json!("")),
            ("parameterTuple" | "parameterTupleList", "itemSeparator") | ("parameterTupleList", "groupSeparator") => {
                Some(json!(","))
            }
            ("parameterTupleList", "itemPrefix") => Some(json!("(")),
            ("parameterTupleList", "itemSuffix") => Some(json!(")")),
            (_, "canAssumeStrictEquality" | "skipNulls" | "chunkable" | "reverse") => Some(json!(false)),
            (_, "serializedName" | "pagination" | "distinct" | "linkingFields") => Some(Value::Null),
            (_, "nested" | "enums") => Some(json!({})),
            _ => None,
        };
        if default.as_ref() == Some(value) {
            continue;
        }
        let name = if name == "errorIdentifier" { "error_identifier" } else { name };
        old.insert(name.to_owned(), older(value));
    }
    if fields.contains_key("arity") {
        // Of a field whether it may be null was told too.
        if fields["arity"] == "scalar" && !fields.contains_key("scalarType") {
            old.insert("arity".to_owned(), json!("optional"));
        }
        if kind == "datetime" {
            old.insert("type".to_owned(), json!("dateTime"));
        }
    }
    if fields.get("prisma__type") == Some(&json!("param"))
        && let Some(Value::Object(placeholder)) = old.get_mut("prisma__value")
        && let Some(kind) = placeholder.remove("type")
    {
        placeholder.insert("type".to_owned(), json!({ "type": kind }));
    }
    old.into()
}
