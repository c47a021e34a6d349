//! Plans by the throw of dice: every node, both forms of a statement, all fragments and rules.

use crate::fuzz::dice::Dice;
use serde_json::{Map, Value, json};

const NAMES: [&str; 6] = ["id", "%1", "@parent", "@generated$row0$id", "ß", "0"];

fn name(dice: &mut Dice) -> &'static str {
    dice.pick(&NAMES).copied().unwrap_or("id")
}

fn list(dice: &mut Dice, most: usize, mut each: impl FnMut(&mut Dice) -> Value) -> Vec<Value> {
    (0..dice.below(most + 1)).map(|_| each(dice)).collect()
}

fn names(dice: &mut Dice) -> Vec<Value> {
    list(dice, 3, |dice| name(dice).into())
}

/// A node of at most this depth.
pub fn node(dice: &mut Dice, depth: usize) -> Value {
    let kinds = if depth == 0 { 6 } else { 22 };
    let below = depth.saturating_sub(1);
    let (kind, args) = match dice.below(kinds) {
        0 => ("value", arg(dice, 2)),
        1 => ("get", json!({ "name": name(dice) })),
        2 => return json!({ "type": "unit" }),
        3 => ("query", sql(dice)),
        4 => ("execute", sql(dice)),
        5 => ("getFirstNonEmpty", json!({ "names": names(dice) })),
        6 => ("seq", list(dice, 3, |dice| node(dice, below)).into()),
        7 => {
            let bindings = list(dice, 3, |dice| json!({ "name": name(dice), "expr": node(dice, below) }));
            ("let", json!({ "bindings": bindings, "expr": node(dice, below) }))
        }
        8 => ("reverse", node(dice, below)),
        9 => ("sum", list(dice, 3, |dice| node(dice, below)).into()),
        10 => ("concat", list(dice, 3, |dice| node(dice, below)).into()),
        11 => ("unique", node(dice, below)),
        12 => ("required", node(dice, below)),
        13 => {
            let child = |dice: &mut Dice| {
                json!({
                    "child": node(dice, below), "on": [[name(dice), name(dice)]], "parentField": name(dice),
                    "isRelationUnique": dice.coin(),
                })
            };
            let children = list(dice, 2, child);
            (
                "join",
                json!({ "parent": node(dice, below), "children": children, "canAssumeStrictEquality": dice.coin() }),
            )
        }
        14 => ("mapField", json!({ "field": name(dice), "records": node(dice, below) })),
        15 => ("transaction", node(dice, below)),
        16 => {
            let map = json!({ "expr": node(dice, below), "structure": structure(dice, 2), "enums": enums(dice) });
            ("dataMap", map)
        }
        17 => {
            let rules = list(dice, 2, rule);
            let context = json!({ "operation": "an update", "model": name(dice) });
            (
                "validate",
                json!({ "expr": node(dice, below), "rules": rules, "errorIdentifier": "MISSING_RECORD", "context": context }),
            )
        }
        18 => (
            "if",
            json!({ "value": node(dice, below), "rule": rule(dice), "then": node(dice, below), "else": node(dice, below) }),
        ),
        19 => ("diff", json!({ "from": node(dice, below), "to": node(dice, below), "fields": names(dice) })),
        20 => {
            let fields =
                json!({ "id": { "type": "value", "value": arg(dice, 1) }, "last": { "type": "lastInsertId" } });
            ("initializeRecord", json!({ "expr": node(dice, below), "fields": fields }))
        }
        _ if dice.coin() => {
            let kind = ["set", "add", "subtract", "multiply", "divide"][dice.below(5)];
            (
                "mapRecord",
                json!({ "expr": node(dice, below), "fields": { "id": { "type": kind, "value": arg(dice, 1) } } }),
            )
        }
        _ => ("process", json!({ "expr": node(dice, below), "operations": operations(dice, 2) })),
    };
    json!({ "type": kind, "args": args })
}

fn arg(dice: &mut Dice, depth: usize) -> Value {
    let kinds = if depth == 0 { 6 } else { 8 };
    match dice.below(kinds) {
        0 => Value::Null,
        1 => dice.coin().into(),
        2 => json!(dice.next() >> 12),
        3 => json!(-0.5),
        4 => json!("text"),
        5 => {
            let kind = ["String", "Int", "DateTime", "Bytes"][dice.below(4)];
            json!({ "prisma__type": "param", "prisma__value": { "name": name(dice), "type": kind } })
        }
        6 => {
            let kind = ["now", "uuid", "cuid", "ulid", "nanoid", "product"][dice.below(6)];
            let args = list(dice, 2, |dice| arg(dice, depth - 1));
            json!({ "prisma__type": "generatorCall", "prisma__value": { "name": kind, "args": args } })
        }
        _ => list(dice, 3, |dice| arg(dice, depth - 1)).into(),
    }
}

fn sql(dice: &mut Dice) -> Value {
    let args = list(dice, 3, |dice| arg(dice, 2));
    let types = list(dice, 3, arg_type);
    if dice.coin() {
        return json!({ "type": "rawSql", "sql": "select 1", "args": args, "argTypes": types });
    }
    let fragment = |dice: &mut Dice| match dice.below(4) {
        0 => json!({ "type": "stringChunk", "chunk": "select " }),
        1 => json!({ "type": "parameter" }),
        2 => {
            let (prefix, suffix) = *dice.pick(&[("", ""), ("(", ")")]).unwrap_or(&("", ""));
            json!({ "type": "parameterTuple", "itemPrefix": prefix, "itemSeparator": ",", "itemSuffix": suffix })
        }
        _ => {
            let separator = if dice.coin() { "," } else { " union " };
            json!({ "type": "parameterTupleList", "itemPrefix": "(", "itemSeparator": ",", "itemSuffix": ")", "groupSeparator": separator })
        }
    };
    json!({
        "type": "templateSql", "fragments": list(dice, 4, fragment), "placeholderFormat": { "prefix": "$", "hasNumbering": dice.coin() },
        "args": args, "argTypes": types, "chunkable": dice.coin(),
    })
}

fn arg_type(dice: &mut Dice) -> Value {
    let one = |dice: &mut Dice| {
        let scalar = ["string", "int", "bigint", "datetime", "bytes", "unknown"][dice.below(6)];
        let arity = if dice.coin() { "scalar" } else { "list" };
        json!({ "arity": arity, "scalarType": scalar, "dbType": if dice.coin() { json!("DATE") } else { Value::Null } })
    };
    if dice.coin() { one(dice) } else { json!({ "arity": "tuple", "elements": list(dice, 2, one) }) }
}

fn structure(dice: &mut Dice, depth: usize) -> Value {
    match dice.below(if depth == 0 { 2 } else { 4 }) {
        0 => json!({ "type": "affectedRows" }),
        1 => {
            let kind = ["string", "int", "bigint", "float", "boolean", "json", "datetime", "decimal"][dice.below(8)];
            let arity = if dice.coin() { "scalar" } else { "list" };
            let field = match dice.below(4) {
                0 => json!({ "arity": arity, "type": "enum", "name": "Role" }),
                1 => json!({ "arity": arity, "type": "bytes", "encoding": "base64" }),
                _ => json!({ "arity": arity, "type": kind }),
            };
            json!({ "type": "field", "dbName": name(dice), "fieldType": field })
        }
        _ => {
            let mut fields = Map::new();
            for _ in 0..dice.below(3) {
                fields.insert(name(dice).to_owned(), structure(dice, depth - 1));
            }
            let held = if dice.coin() { json!("@nested$posts") } else { Value::Null };
            json!({ "type": "object", "fields": fields, "serializedName": held, "skipNulls": dice.coin() })
        }
    }
}

fn enums(dice: &mut Dice) -> Value {
    if dice.coin() { json!({}) } else { json!({ "Role": { "admin": "ADMIN" } }) }
}

fn rule(dice: &mut Dice) -> Value {
    let count = dice.below(3);
    match dice.below(4) {
        0 => json!({ "type": "rowCountEq", "args": count }),
        1 => json!({ "type": "rowCountNeq", "args": count }),
        2 => json!({ "type": "affectedRowCountEq", "args": count }),
        _ => json!({ "type": "never" }),
    }
}

fn operations(dice: &mut Dice, depth: usize) -> Value {
    let page = json!({ "cursor": { "id": arg(dice, 1) }, "take": -2, "skip": 1 });
    let nested = if depth == 0 || dice.coin() { json!({}) } else { json!({ "posts": operations(dice, depth - 1) }) };
    json!({
        "pagination": if dice.coin() { page } else { Value::Null }, "distinct": if dice.coin() { names(dice).into() } else { Value::Null },
        "reverse": dice.coin(), "linkingFields": if dice.coin() { names(dice).into() } else { Value::Null }, "nested": nested,
    })
}

/// Any JSON that is no plan.
pub fn json(dice: &mut Dice, depth: usize) -> Value {
    match dice.below(if depth == 0 { 4 } else { 6 }) {
        0 => Value::Null,
        1 => dice.coin().into(),
        2 => json!(dice.next()),
        3 => json!(name(dice)),
        4 => list(dice, 4, |dice| json(dice, depth - 1)).into(),
        _ => (0..dice.below(4)).map(|_| (name(dice).to_owned(), json(dice, depth - 1))).collect::<Map<_, _>>().into(),
    }
}

/// Gives objects whose fields have fixed names one more.
pub fn add_unknown(plan: &mut Value, dice: &mut Dice) {
    match plan {
        Value::Array(values) => values.iter_mut().for_each(|value| add_unknown(value, dice)),
        Value::Object(fields) => {
            fields.values_mut().for_each(|value| add_unknown(value, dice));
            let known = ["type", "child", "expr", "name", "arity", "prefix", "prisma__type"];
            // A rule's and a unit's fields are given by their type alone.
            if known.iter().any(|name| fields.contains_key(*name)) && !fields.contains_key("unknown") {
                fields.insert("unknown".to_owned(), json(dice, 2));
            }
        }
        _ => {}
    }
}

/// Puts something else in one place.
pub fn replace_one(plan: &mut Value, dice: &mut Dice) {
    let inner: Option<&mut Value> = match plan {
        Value::Array(values) if !values.is_empty() => {
            let at = dice.below(values.len());
            values.get_mut(at)
        }
        Value::Object(fields) if !fields.is_empty() => {
            let at = dice.below(fields.len());
            fields.values_mut().nth(at)
        }
        _ => None,
    };
    match inner {
        Some(inner) if dice.below(4) > 0 => replace_one(inner, dice),
        Some(inner) => *inner = json(dice, 3),
        None => *plan = json(dice, 3),
    }
}
