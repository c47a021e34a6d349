//! What JavaScript reads and writes where others would not.

use crate::world::{RESOURCE, World};
use accelerate::{Access, Strategy};
use serde_json::json;

/// The answer's bytes: they may hold what serde_json does not read.
async fn ask(world: &World, plan: &str, params: &str) -> String {
    let body = format!(r#"{{"operation":"queryRaw","plan":{plan},"params":{params}}}"#).into();
    let answer = world.gateway.query(RESOURCE, Access::Full, None, &body, &Strategy::default(), None).await.unwrap();
    String::from_utf8(answer.json.to_vec()).unwrap()
}

fn raw(sql: &str, args: &str) -> String {
    let sql = json!(sql);
    format!(r#"{{"type":"query","args":{{"type":"rawSql","sql":{sql},"args":{args},"argTypes":[]}}}}"#)
}

/// node-postgres encodes half a pair as U+FFFD.
#[tokio::test]
async fn half_a_surrogate_pair_is_a_replacement_character() {
    let world = World::new().await;
    let of_params =
        raw("select $1::text as t", r#"[{"prisma__type":"param","prisma__value":{"name":"%1","type":"String"}}]"#);
    for _ in 0..2 {
        // The second time its plan is known.
        let told = ask(&world, &of_params, r#"{"%1":"a\ud83d\\ud83d\ud83d\ude00"}"#).await;
        assert!(told.ends_with("\"rows\":[[\"a\u{fffd}\\\\ud83d😀\"]]}"), "{told}");
    }
    let told = ask(&world, &raw("select $1::text as t", r#"["\ude00"]"#), "{}").await;
    assert!(told.ends_with("\"rows\":[[\"\u{fffd}\"]]}"), "{told}");
}

/// `JSON.stringify(JSON.parse(text))` of the user's own queries.
#[tokio::test]
async fn json_of_raw_queries_is_what_javascript_makes_of_it() {
    let world = World::new().await;
    let told = async |sql: &str| {
        let told = ask(&world, &raw(&format!("select {sql} as j"), "[]"), "{}").await;
        told.split_once("\"rows\":[[").unwrap().1.strip_suffix("]]}").unwrap().to_owned()
    };
    for (sql, wanted) in [
        (
            r#"'[1e400, -1e400, "\ud83d", -0, {"b": 1, "2": 0, "1": 0, "b": 2}]'::json"#,
            r#"[null,null,"\ud83d",0,{"1":0,"2":0,"b":2}]"#,
        ),
        ("'[1e400]'::jsonb", "[null]"),
        (r#"array['"\ude00"', 'null']::json[]"#, r#"["\ude00",null]"#),
        ("null::json", "null"),
    ] {
        assert_eq!(told(sql).await, wanted, "{sql}");
    }
    let deep = format!("{}{}", "[".repeat(3000), "]".repeat(3000));
    assert_eq!(told("(repeat('[', 3000) || repeat(']', 3000))::json").await, deep);
}

/// Of relations that the database joined, and of what a column of theirs holds.
#[tokio::test]
async fn json_of_joined_relations_is_read_as_javascript_reads_it() {
    let world = World::new().await;
    let sql =
        r#"select '[{"n": 1e400, "j": {"k": [1e400, '::text || repeat('[', 500) || repeat(']', 500) || ']}}]' as c"#;
    let query = json!({ "type": "query", "args": { "type": "templateSql", "fragments": [{ "type": "stringChunk", "chunk": sql }], "placeholderFormat": { "prefix": "$", "hasNumbering": true } } });
    let field = |name: &str, kind: &str| json!({ "type": "field", "dbName": name, "fieldType": { "arity": "scalar", "type": kind } });
    let inner = json!({ "type": "object", "serializedName": "c", "fields": { "n": field("n", "float"), "j": field("j", "json") } });
    let structure = json!({ "type": "object", "fields": { "c": inner } });
    let plan =
        json!({ "type": "dataMap", "args": { "expr": { "type": "concat", "args": [query] }, "structure": structure } });
    let told = ask(&world, &plan.to_string(), "{}").await;
    let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
    let json = format!(r#"{{\"k\":[null,{deep}]}}"#);
    let object = |json: &str| format!(r#"{{"$type":"Json","value":"{json}"}}"#);
    assert!(told == format!(r#"[{{"c":[{{"j":{},"n":null}}]}}]"#, object(&json)), "{told}");
}
