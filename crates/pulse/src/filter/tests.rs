//! Filters as the client sends them, against rows as the database sends them.

use std::sync::Arc;

use bytes::{BufMut, Bytes, BytesMut};
use serde_json::{Value as Json, json};

use crate::{
    Error, Lsn,
    events::{Change, EventId, Table},
    subscription::Subscription,
};

/// Name, Prisma's type, object id of the column's type, value.
const COLUMNS: [(&str, &str, u32, Option<&str>); 13] = [
    ("id", "Int", 23, Some("7")),
    ("big", "BigInt", 20, Some("9007199254740993")),
    ("price", "Decimal", 1700, Some("12.50")),
    ("ratio", "Float", 701, Some("0.1")),
    ("ok", "Boolean", 16, Some("t")),
    ("name", "String", 25, Some("Ada Lövelace")),
    ("none", "String", 25, None),
    ("at", "DateTime", 1114, Some("2026-11-21 02:10:19.447")),
    ("data", "Json", 3802, Some("{\"k\": [1, 2]}")),
    ("raw", "Bytes", 17, Some("\\x6869")),
    ("colour", "Colour", 16_390, Some("RED")),
    ("tags", "String", 1009, Some("{a,b,\"c d\"}")),
    ("bigs", "BigInt", 1016, Some("{1,2}")),
];

fn text(bytes: &mut BytesMut, text: &str) {
    bytes.put_slice(text.as_bytes());
    bytes.put_u8(0);
}

fn change() -> Change {
    let (mut relation, mut insert) = (BytesMut::new(), BytesMut::new());
    relation.put_u32(1);
    text(&mut relation, "public");
    text(&mut relation, "users");
    relation.put_u8(b'd');
    relation.put_u16(COLUMNS.len().try_into().unwrap());
    insert.put_u32(1);
    insert.put_u8(b'N');
    insert.put_u16(COLUMNS.len().try_into().unwrap());
    for (name, _, oid, value) in COLUMNS {
        relation.put_u8(u8::from(name == "id"));
        text(&mut relation, &format!("{name}_column"));
        relation.put_u32(oid);
        relation.put_i32(-1);
        match value {
            None => insert.put_u8(b'n'),
            Some(value) => {
                insert.put_u8(b't');
                insert.put_u32(value.len().try_into().unwrap());
                insert.put_slice(value.as_bytes());
            }
        }
    }
    let table = Arc::new(Table::new(&relation.freeze(), &Default::default()).unwrap());
    assert_eq!(*table, Table::decode(table.encoded().clone()).unwrap());
    Change::new(EventId { epoch: 1, commit: Lsn(2), index: 3 }, table, b'I', Bytes::from(insert)).unwrap()
}

fn header(filters: &Json) -> String {
    let kind = |of: &str| if of == "Colour" { "enum" } else { "scalar" };
    let field = |(name, of, _, _): (&str, &str, _, _)| json!({ "name": name, "kind": kind(of), "type": of, "dbName": format!("{name}_column") });
    let mut fields: Vec<_> = COLUMNS.into_iter().map(field).collect();
    fields.push(json!({ "name": "posts", "kind": "object", "type": "Post", "relationName": "PostToUser" }));
    json!({ "modelName": "User", "model": { "dbName": "users", "fields": fields }, "where": filters }).to_string()
}

fn subscription(filters: &Json) -> Result<Subscription, Error> {
    Subscription::parse(&header(filters), "public")
}

fn holds(filter: &Json) -> bool {
    subscription(&json!({ "create": filter })).unwrap().event(&change()).unwrap().is_some()
}

#[test]
fn every_operator_of_every_type() {
    let tagged = |name: &str, value: &str| json!({ "$type": name, "value": value });
    let big = |value| tagged("BigInt", value);
    for (filter, expected) in [
        (json!({}), true),
        (json!({ "id": 7 }), true),
        (json!({ "id": { "equals": 8 } }), false),
        (json!({ "id": { "not": 8 } }), true),
        (json!({ "id": { "not": { "in": [7, 8] } } }), false),
        (json!({ "id": { "in": [1, 7] } }), true),
        (json!({ "id": { "notIn": [1, 7] } }), false),
        (json!({ "id": { "gt": 6, "lte": 7 } }), true),
        (json!({ "id": { "gt": 6, "lt": 7 } }), false),
        (json!({ "big": big("9007199254740993") }), true),
        (json!({ "big": { "gt": big("9007199254740992") } }), true),
        (json!({ "price": { "equals": tagged("Decimal", "12.5") } }), true),
        (json!({ "price": { "gte": tagged("Decimal", "100") } }), false),
        (json!({ "ratio": 0.1 }), true),
        (json!({ "ok": { "equals": true } }), true),
        (json!({ "name": { "contains": "Löv" } }), true),
        (json!({ "name": { "contains": "löv" } }), false),
        (json!({ "name": { "contains": "LÖV", "mode": "insensitive" } }), true),
        (json!({ "name": { "startsWith": "Ada", "endsWith": "ace" } }), true),
        (json!({ "name": { "equals": "ada lövelace", "mode": "insensitive" } }), true),
        (json!({ "name": { "in": ["ADA LÖVELACE"], "mode": "insensitive" } }), true),
        (json!({ "name": { "lt": "B" } }), true),
        (json!({ "none": null }), true),
        (json!({ "none": { "equals": null } }), true),
        (json!({ "none": { "not": null } }), false),
        (json!({ "none": { "not": "x" } }), false),
        (json!({ "NOT": { "none": "x" } }), false),
        (json!({ "at": tagged("DateTime", "2026-11-21T02:10:19.447Z") }), true),
        (json!({ "at": { "lt": tagged("DateTime", "2026-11-21T02:10:19.448Z") } }), true),
        (json!({ "data": tagged("Json", "{\"k\":[1,2]}") }), true),
        (json!({ "data": tagged("Json", "{\"equals\":1}") }), false),
        (json!({ "raw": tagged("Bytes", "aGk=") }), true),
        (json!({ "colour": { "in": ["RED", "BLUE"] } }), true),
        (json!({ "tags": { "has": "c d" } }), true),
        (json!({ "tags": { "hasEvery": ["a", "x"] } }), false),
        (json!({ "tags": { "hasSome": ["a", "x"] } }), true),
        (json!({ "tags": { "isEmpty": false } }), true),
        (json!({ "tags": { "equals": ["a", "b", "c d"] } }), true),
        (json!({ "tags": ["b", "a", "c d"] }), false),
        (json!({ "bigs": { "has": big("2") } }), true),
        (json!({ "AND": [{ "id": 7 }, { "ok": true }] }), true),
        (json!({ "OR": [{ "id": 8 }, { "ok": true }] }), true),
        (json!({ "OR": [{ "id": 8 }, { "none": "x" }] }), false),
        (json!({ "OR": [] }), false),
        (json!({ "NOT": { "id": 8 }, "name": { "not": { "contains": "Bob" } } }), true),
        (json!({ "NOT": [{ "id": 8 }, { "id": 7 }] }), false),
        (json!({ "AND": { "OR": [{ "NOT": { "id": 7 } }, { "big": { "lt": big("1") } }] } }), false),
    ] {
        assert_eq!(holds(&filter), expected, "{filter}");
    }
}

#[test]
fn what_cannot_be_meant_is_refused_with_its_place() {
    for (filters, says) in [
        (json!({ "create": { "nome": "x" } }), "create.nome is no field of User"),
        (json!({ "create": { "posts": {} } }), "create.posts is no field"),
        (json!({ "create": { "name": { "regex": "x" } } }), "create.name.regex is no operator; there are equals"),
        (json!({ "create": { "id": "7" } }), "create.id must be of the type Int"),
        (json!({ "create": { "big": { "$type": "Decimal", "value": "1" } } }), "must be of the type BigInt"),
        (json!({ "delete": { "id": { "contains": "7" } } }), "delete.id.contains is for texts"),
        (json!({ "delete": { "ok": { "lt": true } } }), "is for what has an order"),
        (json!({ "update": { "before": {} } }), "update.before is not known"),
        (json!({ "update": { "after": { "AND": [{ "x": 1 }] } } }), "update.after.AND.x is no field"),
        (json!({ "upsert": {} }), "upsert is none"),
        (json!({ "create": { "name": { "mode": "strange" } } }), "create.name.mode is"),
        (json!({ "create": { "id": { "in": 7 } } }), "create.id.in must be a list"),
        (json!({ "create": [] }), "create must be an object"),
    ] {
        let error = subscription(&filters).unwrap_err();
        assert!(error.to_string().contains(says) && error.code() == "P6100", "{filters}: {error}");
    }
    let deep = (0..40).fold(json!({ "id": 7 }), |inner, _| json!({ "NOT": inner }));
    assert!(subscription(&json!({ "create": deep })).is_err());
    assert!(Subscription::parse("{", "public").is_err());
}

#[test]
fn an_action_that_is_not_named_is_not_wanted() {
    let events = |filters: Json| subscription(&filters).unwrap().event(&change()).unwrap().is_some();
    assert!(events(json!(null)) && events(json!({})) && events(json!({ "name": "all-users" })));
    assert!(events(json!({ "create": {} })) && !events(json!({ "update": {}, "delete": {} })));
}

#[test]
fn an_event_is_what_the_extension_reads() {
    let event = subscription(&json!({})).unwrap().event(&change()).unwrap().unwrap();
    let id = event.id.to_string();
    let expected = json!({
        "id": id, "action": "create",
        "created": {
            "id": 7, "big": { "$type": "BigInt", "value": "9007199254740993" }, "price": { "$type": "Decimal", "value": "12.50" },
            "ratio": 0.1, "ok": true, "name": "Ada Lövelace", "none": null,
            "at": { "$type": "DateTime", "value": "2026-11-21T02:10:19.447Z" },
            "data": { "$type": "Json", "value": "{\"k\": [1, 2]}" }, "raw": { "$type": "Bytes", "value": "aGk=" },
            "colour": "RED", "tags": ["a", "b", "c d"],
            "bigs": [{ "$type": "BigInt", "value": "1" }, { "$type": "BigInt", "value": "2" }],
        },
    });
    assert_eq!(serde_json::from_str::<Json>(&event.json).unwrap(), expected);
    assert!(event.json.starts_with(&format!(r#"{{"id":"{id}","action":"create","created":{{"id":7,"big":"#)));
}

/// `FUZZ_ROUNDS` and `FUZZ_SEED` make more of it, and other choices.
#[test]
fn no_header_and_no_value_make_it_panic() {
    let number = |name: &str, default| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let filters = json!({ "create": { "AND": [{ "id": { "in": [7] } }, { "NOT": { "at": { "$type": "DateTime", "value": "2026-11-21T02:10:19.447Z" } } }] },
        "update": { "after": { "tags": { "hasEvery": ["a"] }, "data": { "$type": "Json", "value": "[1]" } } } });
    let header = header(&filters).into_bytes();
    let (mut dice, mut refused) = (crate::dice::Dice::new(number("FUZZ_SEED", 5)), 0);
    let (tag, body) = (b'I', change().encoded().1.clone());
    for _ in 0..number("FUZZ_ROUNDS", 10_000) {
        let mut bytes = header.clone();
        dice.mutate(&mut bytes, &header);
        let parsed = Subscription::parse(&String::from_utf8_lossy(&bytes), "public");
        refused += u64::from(parsed.is_err());
        let mut row = body.to_vec();
        dice.mutate(&mut row, &body);
        let known = change();
        let Ok(change) = Change::new(known.id, known.table, tag, row.into()) else { continue };
        let mut subscription = parsed.or_else(|_| subscription(&filters)).unwrap();
        drop(subscription.event(&change));
    }
    assert!(refused > 100);
}
