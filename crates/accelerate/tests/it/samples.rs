//! The exchanges of the official client with the official executor, in their order: ours answers the same.

use crate::world::{RESOURCE, World};
use accelerate::{Access, Class, End, Start};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::HashMap;

#[derive(Deserialize)]
struct Exchange {
    method: String,
    path: String,
    body: Option<Value>,
    status: u16,
    answer: Option<Value>,
}

#[tokio::test]
async fn every_recorded_exchange_is_answered_alike() {
    let world = World::new().await;
    let exchanges = include_str!("samples/exchanges.jsonl").lines();
    let exchanges: Vec<Exchange> = exchanges.map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut transactions = HashMap::new();
    let mut seen = 0;
    for (at, exchange) in exchanges.iter().enumerate().map(|(at, exchange)| (at + 1, exchange)) {
        let path: Vec<&str> = exchange.path.trim_matches('/').split('/').collect();
        let body = exchange.body.clone().unwrap_or_default();
        let own = |recorded: &str| transactions.get(recorded).map(String::as_str).unwrap_or_default();
        let outcome = match (exchange.method.as_str(), path.as_slice()) {
            ("GET", ["connection-info"]) | ("POST", ["invalidate"]) => continue,
            ("POST", ["query"]) => world.ask(Access::Full, None, &body).await,
            ("POST", ["transaction", "start"]) => {
                let start: Start = serde_json::from_value(body).unwrap();
                let id = world.gateway.start(RESOURCE, Access::Full, start).await.unwrap();
                let recorded = exchange.answer.as_ref().unwrap()["id"].as_str().unwrap();
                transactions.insert(recorded.to_owned(), id);
                continue;
            }
            ("POST", ["transaction", id, "query"]) => world.ask(Access::Full, Some(own(id)), &body).await,
            ("POST", ["transaction", id, end]) => {
                let end = if *end == "commit" { End::Committed } else { End::RolledBack };
                world.gateway.end(RESOURCE, Access::Full, own(id), end).await.unwrap();
                continue;
            }
            other => panic!("exchange {at}: {other:?}"),
        };
        let mut wanted = exchange.answer.clone().unwrap();
        wanted.as_object_mut().unwrap().remove("extensions");
        let answer = match outcome {
            Ok(data) => {
                assert_eq!(exchange.status, 200, "exchange {at}");
                Value::Object(Map::from_iter([("data".to_owned(), data)]))
            }
            Err(error) => {
                assert_eq!((exchange.status, error.class), (400, Class::User), "exchange {at}: {error}");
                error.body()
            }
        };
        assert_eq!(normal(answer), normal(wanted), "exchange {at}");
        seen += 1;
    }
    assert_eq!(seen, 20);
}

/// Without what is drawn anew each time: moments and ids.
fn normal(value: Value) -> Value {
    match value {
        Value::Object(map) if map.get("$type").is_some_and(|tag| tag == "DateTime") => "a moment".into(),
        Value::Object(map) => map.into_iter().map(|(name, value)| (name, normal(value))).collect(),
        Value::Array(values) => values.into_iter().map(normal).collect(),
        Value::String(text) if text.starts_with('c') && text.len() == 25 => "a cuid".into(),
        Value::String(text) if text.len() > 20 && text.ends_with("+00:00") => "a moment".into(),
        other => other,
    }
}
