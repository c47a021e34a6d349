//! From the client's JSON to a filter, with an error for whatever it cannot mean.

use std::cmp::Ordering;

use serde_json::{Map, Value as Json};

use super::{Filter, Mode, Operand, Test};
use crate::{
    Error,
    events::{Field, Model, Scalar},
};

const OPERATORS: [&str; 16] = [
    "equals",
    "not",
    "in",
    "notIn",
    "lt",
    "lte",
    "gt",
    "gte",
    "contains",
    "startsWith",
    "endsWith",
    "mode",
    "has",
    "hasEvery",
    "hasSome",
    "isEmpty",
];

/// Reads a filter of `model`; `place` is what to call it: `create`, `update.after`.
pub(crate) fn parse(model: &Model, place: &str, json: &Json) -> Result<Filter, Error> {
    let Json::Object(conditions) = json else { return Err(wrong(place, "must be an object of fields")) };
    let condition = |(name, json): (&String, &Json)| -> Result<Filter, Error> {
        let place = format!("{place}.{name}");
        match name.as_str() {
            "AND" => Ok(Filter::All(each(model, &place, json)?)),
            "OR" => Ok(Filter::Any(each(model, &place, json)?)),
            // Of several none may hold.
            "NOT" => Ok(Filter::Not(Box::new(Filter::Any(each(model, &place, json)?)))),
            name => {
                let unknown = || wrong(&place, &format!("is no field of {} that has a column", model.name));
                let field = model.find(name).ok_or_else(unknown)?;
                let test = model.fields.get(field).ok_or_else(unknown).and_then(|of| test(of, &place, json))?;
                Ok(Filter::Field { field, test })
            }
        }
    };
    Ok(Filter::All(conditions.iter().map(condition).collect::<Result<_, _>>()?))
}

fn each(model: &Model, place: &str, json: &Json) -> Result<Vec<Filter>, Error> {
    match json {
        Json::Array(filters) => filters.iter().map(|filter| parse(model, place, filter)).collect(),
        filter => Ok(vec![parse(model, place, filter)?]),
    }
}

fn test(field: &Field, place: &str, json: &Json) -> Result<Test, Error> {
    match json {
        // The client sends an object for Json as a value, whatever is in it.
        Json::Object(operations) if field.scalar != Scalar::Json && !operations.contains_key("$type") => {
            operations_of(field, place, operations)
        }
        Json::Object(operations)
            if !operations.contains_key("$type")
                && !operations.is_empty()
                && operations.keys().all(|key| OPERATORS.contains(&key.as_str())) =>
        {
            operations_of(field, place, operations)
        }
        value => equals(field, place, value, Mode::Default),
    }
}

fn operations_of(field: &Field, place: &str, operations: &Map<String, Json>) -> Result<Test, Error> {
    let is_text = matches!(field.scalar, Scalar::String | Scalar::Enum) && field.is_list != Some(true);
    let mode = match operations.get("mode").map(|mode| (mode.as_str(), is_text)) {
        None | Some((Some("default"), _)) => Mode::Default,
        Some((Some("insensitive"), true)) => Mode::Insensitive,
        Some(_) => return Err(wrong(&format!("{place}.mode"), "is \"default\" or \"insensitive\", for texts")),
    };
    let tests = operations.iter().filter(|(name, _)| *name != "mode");
    let tests = tests.map(|(name, json)| operation(field, &format!("{place}.{name}"), name, json, mode));
    Ok(Test::All(tests.collect::<Result<_, _>>()?))
}

fn operation(field: &Field, place: &str, name: &str, json: &Json, mode: Mode) -> Result<Test, Error> {
    let only = |is_so: bool, what: &str| if is_so { Ok(()) } else { Err(wrong(place, what)) };
    let for_lists = || only(field.is_list != Some(false), "is for lists");
    let for_one = || only(field.is_list != Some(true), "is not for lists");
    let order = |is_so: fn(Ordering) -> bool| -> Result<Test, Error> {
        for_one()?;
        only(!matches!(field.scalar, Scalar::Boolean | Scalar::Json), "is for what has an order")?;
        Ok(Test::Order(operand(field, place, json, mode)?, is_so, mode))
    };
    let part = || -> Result<String, Error> {
        for_one()?;
        only(field.scalar == Scalar::String, "is for texts")?;
        match operand(field, place, json, mode)? {
            Operand::Text(text) => Ok(text),
            _ => Err(wrong(place, "is for texts")),
        }
    };
    Ok(match name {
        "equals" => equals(field, place, json, mode)?,
        "not" => Test::Not(Box::new(match json {
            Json::Object(operations) if field.scalar != Scalar::Json && !operations.contains_key("$type") => {
                operations_of(field, place, operations)?
            }
            value => equals(field, place, value, mode)?,
        })),
        "in" | "notIn" => {
            for_one()?;
            let test = Test::In(operands(field, place, json, mode)?, mode);
            if name == "in" { test } else { Test::Not(Box::new(test)) }
        }
        "lt" => order(Ordering::is_lt)?,
        "lte" => order(Ordering::is_le)?,
        "gt" => order(Ordering::is_gt)?,
        "gte" => order(Ordering::is_ge)?,
        "contains" => Test::Contains(part()?, mode),
        "startsWith" => Test::StartsWith(part()?, mode),
        "endsWith" => Test::EndsWith(part()?, mode),
        "has" => {
            for_lists()?;
            Test::HasEvery(vec![operand(field, place, json, Mode::Default)?])
        }
        "hasEvery" | "hasSome" => {
            for_lists()?;
            let members = operands(field, place, json, Mode::Default)?;
            if name == "hasEvery" { Test::HasEvery(members) } else { Test::HasSome(members) }
        }
        "isEmpty" => {
            for_lists()?;
            Test::IsEmpty(json.as_bool().ok_or_else(|| wrong(place, "is true or false"))?)
        }
        _ => return Err(wrong(place, &format!("is no operator; there are {}", OPERATORS.join(", ")))),
    })
}

fn equals(field: &Field, place: &str, json: &Json, mode: Mode) -> Result<Test, Error> {
    match json {
        Json::Null => Ok(Test::IsNull),
        Json::Array(_) if field.is_list != Some(false) && field.scalar != Scalar::Json => {
            Ok(Test::IsList(operands(field, place, json, mode)?))
        }
        json => Ok(Test::Equals(operand(field, place, json, mode)?, mode)),
    }
}

fn operands(field: &Field, place: &str, json: &Json, mode: Mode) -> Result<Vec<Operand>, Error> {
    let Json::Array(values) = json else { return Err(wrong(place, "must be a list of values")) };
    // A null in a list equals nothing.
    values.iter().filter(|value| !value.is_null()).map(|value| operand(field, place, value, mode)).collect()
}

fn operand(field: &Field, place: &str, json: &Json, mode: Mode) -> Result<Operand, Error> {
    let operand = Operand::of_client(field.scalar, json);
    let operand = operand.ok_or_else(|| wrong(place, &format!("must be of the type {:?}", field.scalar)))?;
    Ok(if mode == Mode::Insensitive { operand.folded() } else { operand })
}

pub(crate) fn wrong(place: &str, what: &str) -> Error {
    Error::Subscription(format!("The filter {place} {what}"))
}
