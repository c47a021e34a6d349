//! Values of every type, as the extension reads them.

use pulse::Subscription;
use serde_json::{Value as Json, json};

use super::Running;
use crate::{ledger::Ledger, world::World};

const TABLE: &str = r#"
    create type "Colour" as enum ('RED', 'BLUE');
    create domain amount as numeric(12, 2);
    create table things (
        id bigint primary key, small smallint, price amount, cost money, ratio real, ok boolean,
        title varchar(20), code char(3), key uuid, at timestamptz, day date, clock time, data jsonb, raw bytea,
        colour "Colour", colours "Colour"[], prices numeric[], days timestamp(3)[], long text
    );
    alter table things alter long set storage external"#;

fn header(is_pruned: bool) -> String {
    let field = |(name, of, column, list): (&str, &str, &str, bool)| {
        let kind = if of == "Colour" { "enum" } else { "scalar" };
        let mut field = json!({ "name": name, "kind": kind, "type": of });
        if column != name {
            field["dbName"] = json!(column);
        }
        if !is_pruned {
            field["isList"] = json!(list);
        }
        field
    };
    let fields = [
        ("id", "BigInt", "id", false),
        ("small", "Int", "small", false),
        ("price", "Decimal", "price", false),
        ("cost", "Decimal", "cost", false),
        ("ratio", "Float", "ratio", false),
        ("isOk", "Boolean", "ok", false),
        ("title", "String", "title", false),
        ("code", "String", "code", false),
        ("key", "String", "key", false),
        ("at", "DateTime", "at", false),
        ("day", "DateTime", "day", false),
        ("clock", "DateTime", "clock", false),
        ("data", "Json", "data", false),
        ("raw", "Bytes", "raw", false),
        ("colour", "Colour", "colour", false),
        ("colours", "Colour", "colours", true),
        ("prices", "Decimal", "prices", true),
        ("days", "DateTime", "days", true),
        ("long", "String", "long", false),
    ];
    let mut fields: Vec<_> = fields.into_iter().map(field).collect();
    fields.push(json!({ "name": "owner", "kind": "object", "type": "User", "relationName": "ThingToUser" }));
    json!({ "modelName": "Thing", "model": { "dbName": "things", "fields": fields } }).to_string()
}

fn events(ledger: &Ledger, header: &str) -> Vec<Json> {
    let mut subscription = Subscription::parse(header, "public").unwrap();
    ledger.with(|state| {
        let events = state.changes.values().filter_map(|change| subscription.event(change).unwrap());
        events.map(|event| serde_json::from_str(&event.json).unwrap()).collect()
    })
}

#[tokio::test]
async fn every_type_arrives_as_prisma_client_knows_it() {
    let world = World::prepared(TABLE).await;
    let ledger = Ledger::new();
    let _running = Running::start(&world, &ledger, 1);
    world
        .execute(
            "set time zone 'Asia/Tokyo'; set datestyle = 'German';
             insert into things values (9007199254740993, -3, 12.5, 3.5, 0.1, true, 'it''s', 'ab',
               '7f2b2c3e-8a52-4c52-9d6d-1f0a3a4f5b6c', '2026-11-21 11:10:19.447896+09', '2026-11-21', '12:34:56.789',
               '{\"k\": [1, 2]}', 'hi', 'RED', '{RED,BLUE}', '{1.50,NULL}', '{\"2026-11-21 02:10:19.447\"}', 'short');
             insert into things (id) values (2)",
        )
        .await;
    ledger.until("both rows", |state| state.order.len() == 2).await;
    let tagged = |tag: &str, value: &str| json!({ "$type": tag, "value": value });
    let full = json!({
        "id": tagged("BigInt", "9007199254740993"), "small": -3, "price": tagged("Decimal", "12.50"),
        "cost": tagged("Decimal", "3.50"), "ratio": 0.1, "isOk": true, "title": "it's", "code": "ab ",
        "key": "7f2b2c3e-8a52-4c52-9d6d-1f0a3a4f5b6c", "at": tagged("DateTime", "2026-11-21T02:10:19.447Z"),
        "day": tagged("DateTime", "2026-11-21T00:00:00.000Z"), "clock": tagged("DateTime", "1970-01-01T12:34:56.789Z"),
        "data": tagged("Json", "{\"k\": [1, 2]}"), "raw": tagged("Bytes", "aGk="), "colour": "RED",
        "colours": ["RED", "BLUE"], "prices": [tagged("Decimal", "1.50"), null],
        "days": [tagged("DateTime", "2026-11-21T02:10:19.447Z")], "long": "short",
    });
    // The whole datamodel of client 6, and what client 7 leaves of it.
    for header in [header(false), header(true)] {
        let events = events(&ledger, &header);
        assert_eq!(events[0]["created"], full);
        assert_eq!((&events[1]["created"]["colours"], &events[1]["created"]["price"]), (&json!([]), &Json::Null));
        assert_eq!(events[1]["created"].as_object().unwrap().len(), 19);
    }
}

#[tokio::test]
async fn an_untouched_long_value_is_told_where_the_whole_row_is_and_left_out_else() {
    let world = World::prepared(TABLE).await;
    let ledger = Ledger::new();
    let _running = Running::start(&world, &ledger, 1);
    world.execute("insert into things (id, long) values (1, repeat('x', 10000))").await;
    world.execute("update things set small = 1; delete from things").await;
    world.execute("alter table things replica identity full").await;
    world.execute("insert into things (id, long) values (2, repeat('y', 10000))").await;
    world.execute("update things set small = 2; delete from things").await;
    ledger.until("all changes", |state| state.order.len() == 6).await;
    let events = events(&ledger, &header(true));
    let actions: Vec<_> = events.iter().map(|event| event["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["create", "update", "delete", "create", "update", "delete"]);
    let has_long = |image: &Json| image.as_object().unwrap().contains_key("long");
    assert!(has_long(&events[0]["created"]) && !has_long(&events[1]["after"]));
    assert_eq!(events[1]["after"]["small"], 1);
    assert_eq!(events[2]["deleted"], json!({ "id": { "$type": "BigInt", "value": "1" } }));
    assert_eq!(events[4]["after"]["long"].as_str().unwrap().len(), 10_000);
    assert_eq!(events[5]["deleted"]["long"].as_str().unwrap().len(), 10_000);
}

#[tokio::test]
async fn a_person_is_shown_the_row_with_long_values_cut() {
    let world = World::prepared("create table notes (id int primary key, body text, score real, ok bool)").await;
    let ledger = Ledger::new();
    let _running = Running::start(&world, &ledger, 1);
    world
        .execute(r#"insert into notes values (1, 'a "b" and more', 'NaN', true); delete from notes; truncate notes"#)
        .await;
    ledger.until("all changes", |state| state.order.len() == 3).await;
    let shown: Vec<_> = ledger.with(|state| state.changes.values().map(|change| change.shown(7).unwrap()).collect());
    assert_eq!(shown, [r#"{"id": 1, "body": "a \"b\" a…", "score": "NaN", "ok": true}"#, r#"{"id": 1}"#, ""]);
}
