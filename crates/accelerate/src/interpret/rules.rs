//! What a plan demands of its values, and what the client is told when they fall short.

use crate::error::QueryError;
use crate::plan::{Rule, Validation};
use crate::value::Value;
use serde_json::Value as Json;

pub(super) fn holds(value: &Value, rule: Rule) -> bool {
    let count = || match value {
        Value::List(values) => u64::try_from(values.len()).unwrap_or(u64::MAX),
        Value::Null => 0,
        _ => 1,
    };
    match rule {
        Rule::RowCountEq(wanted) => count() == wanted,
        Rule::RowCountNeq(unwanted) => count() != unwanted,
        Rule::AffectedRowCountEq(wanted) => i64::try_from(wanted).is_ok_and(|wanted| *value == Value::Int(wanted)),
        Rule::Never => false,
    }
}

/// The error of a value that breaks one of the rules; the words are the official executor's.
pub(super) fn broken(value: &Value, failure: &Validation) -> QueryError {
    let word = |name: &str| match failure.context.get(name) {
        Some(Json::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => "undefined".to_owned(),
    };
    let found = || match value {
        Value::List(values) => values.len().to_string(),
        Value::Int(number) => number.to_string(),
        Value::Null => "null".to_owned(),
        Value::Undefined => "undefined".to_owned(),
        _ => "[object Object]".to_owned(),
    };
    const MISSING: &str =
        "An operation failed because it depends on one or more records that were required but not found.";
    let (code, message) = match &*failure.identifier {
        "RELATION_VIOLATION" => (
            "P2014",
            format!(
                "The change you are trying to make would violate the required relation '{}' between the `{}` and `{}` models.",
                word("relation"),
                word("modelA"),
                word("modelB")
            ),
        ),
        "MISSING_RECORD" => ("P2025", format!("{MISSING} No record was found for {}.", word("operation"))),
        "MISSING_RELATED_RECORD" => {
            let needed = failure.context.get("neededFor").and_then(Json::as_str).filter(|needed| !needed.is_empty());
            let hint = needed.map(|needed| format!(" (needed to {needed})")).unwrap_or_default();
            (
                "P2025",
                format!(
                    "{MISSING} No '{}' record{hint} was found for {} on {} relation '{}'.",
                    word("model"),
                    word("operation"),
                    word("relationType"),
                    word("relation")
                ),
            )
        }
        "INCOMPLETE_CONNECT_INPUT" => (
            "P2025",
            format!("{MISSING} Expected {} records to be connected, found only {}.", word("expectedRows"), found()),
        ),
        "INCOMPLETE_CONNECT_OUTPUT" => (
            "P2018",
            format!(
                "The required connected records were not found. Expected {} records to be connected after connect operation on {} relation '{}', found {}.",
                word("expectedRows"),
                word("relationType"),
                word("relation"),
                found()
            ),
        ),
        "RECORDS_NOT_CONNECTED" => (
            "P2017",
            format!(
                "The records for relation `{}` between the `{}` and `{}` models are not connected.",
                word("relation"),
                word("parent"),
                word("child")
            ),
        ),
        unknown => return QueryError::internal(format!("Unknown error identifier: {unknown}")),
    };
    QueryError::user(code, message).with_meta(failure.context.clone())
}
