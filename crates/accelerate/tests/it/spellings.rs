//! The recorded plans, as the client sends them now and as clients before 7.4 spelled them: the same answers.

use crate::spelling::older;
use crate::world::World;
use accelerate::Access;
use serde_json::Value;

#[tokio::test]
async fn old_and_new_plans_have_the_same_answers() {
    let (now, before) = (World::new().await, World::new().await);
    let mut asked = 0;
    for line in include_str!("samples/exchanges.jsonl").lines() {
        let exchange: Value = serde_json::from_str(line).unwrap();
        // Those of a transaction begin it by another request and have the same plans; one asks the database for the time.
        if exchange["path"] != "/query" || line.contains("now() as c") {
            continue;
        }
        let body = exchange["body"].clone();
        let mut old = body.clone();
        old["plan"] = older(&body["plan"]);
        let outcomes = (now.ask(Access::Full, None, &body).await, before.ask(Access::Full, None, &old).await);
        match outcomes {
            // Groups that nobody ordered come in any order.
            (Ok(new), Ok(old)) if body["operation"] == "groupBy" => assert_eq!(sorted(new), sorted(old), "{body}"),
            (Ok(new), Ok(old)) => assert_eq!(normal(new), normal(old), "{body}"),
            (Err(new), Err(old)) => assert_eq!(new, old, "{body}"),
            other => panic!("{other:?}: {body}"),
        }
        asked += 1;
    }
    assert_eq!(asked, 16);
}

fn sorted(value: Value) -> Vec<String> {
    let mut rows: Vec<_> = value.as_array().unwrap().iter().map(Value::to_string).collect();
    rows.sort();
    rows
}

/// A cuid has a number of the process in it.
fn normal(value: Value) -> Value {
    match value {
        Value::Object(map) => map.into_iter().map(|(name, value)| (name, normal(value))).collect(),
        Value::Array(values) => values.into_iter().map(normal).collect(),
        Value::String(text) if text.starts_with('c') && text.len() == 25 => "a cuid".into(),
        other => other,
    }
}
