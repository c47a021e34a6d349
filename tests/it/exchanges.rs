//! The exchanges of the official client with the official executor, in their order, through the data listener: ours answers the same.

use crate::program::{Program, Serving, request};
use serde::Deserialize;
use serde_json::{Map, Value};
use sqlx::{ConnectOptions, Executor, PgPool};
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

const EXCHANGES: &str = include_str!("../../crates/accelerate/tests/it/samples/exchanges.jsonl");
/// What the official executor tells beside its answers to them, where everything is asked for.
const TELEMETRY: &str = include_str!("../../crates/accelerate/tests/it/samples/telemetry.jsonl");
const TABLES: &str = include_str!("../../crates/accelerate/tests/it/samples/schema.sql");

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Exchange {
    method: String,
    path: String,
    headers: HashMap<String, String>,
    body: Value,
    status: u16,
    answer_headers: HashMap<String, String>,
    answer: Option<Value>,
}

struct Answer {
    status: u16,
    headers: HashMap<String, String>,
    body: Value,
}

/// A server with Accelerate on a database of its own, which has the tables of the exchanges and no rows.
struct Gateway {
    serving: Serving,
    key: String,
    /// Ids of our transactions by those that were recorded.
    transactions: HashMap<String, String>,
    db: PgPool,
    target: String,
    _program: Program,
}

impl Gateway {
    async fn new(db: PgPool) -> Self {
        let own: String = sqlx::query_scalar("select current_database()::text").fetch_one(&db).await.unwrap();
        // Names of databases have 63 characters at most, and those of tests use most of them.
        let target = format!(
            "target_{}",
            own.chars().rev().take(40).filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
        );
        run(&db, &format!("drop database if exists {target}")).await;
        run(&db, &format!("create database {target}")).await;
        let options = db.connect_options().as_ref().clone().database(&target);
        let tables = PgPool::connect_with(options.clone()).await.unwrap();
        run(&tables, TABLES).await;
        tables.close().await;
        let program = Program::new(&db);
        let url = options.to_url_lossy().to_string();
        let seeded = program.succeed(&["seed", "--json", "--database-url", &url]).await;
        let seeded: Value = serde_json::from_str(&seeded).unwrap();
        let key = seeded["resources"][0]["apiKey"].as_str().unwrap().to_owned();
        let serving = program.serve().await;
        // A node that has just started refuses every key until it has read them all.
        while !request(serving.data, "GET /key", &format!("authorization: Bearer {key}\r\n"), "")
            .await
            .contains(" 200 ")
        {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Self { serving, key, transactions: HashMap::new(), db, target, _program: program }
    }

    /// Sends a recorded request; `further` replaces headers of it.
    async fn send(&mut self, line: &str, exchange: &Exchange, further: &[(&str, &str)]) -> Answer {
        let path = exchange.path.split('/').map(|part| self.transactions.get(part).map_or(part, String::as_str));
        let path = path.collect::<Vec<_>>().join("/");
        let mut headers = format!("authorization: Bearer {}\r\n", self.key);
        let own = exchange.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in
            own.filter(|(own, _)| further.iter().all(|(name, _)| name != own)).chain(further.iter().copied())
        {
            headers.push_str(&format!("{name}: {value}\r\n"));
        }
        // As it was sent, byte by byte.
        let body = line.split_once(r#","body":"#).unwrap().1.split_once(r#","status":"#).unwrap().0;
        let body = if exchange.body.is_null() { "" } else { body };
        let answer = request(self.serving.data, &format!("{} {path}", exchange.method), &headers, body).await;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        let body: Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("{path}: {answer}"));
        if let (Some(recorded), Some(id)) =
            (exchange.answer.as_ref().and_then(|answer| answer["id"].as_str()), body["id"].as_str())
        {
            self.transactions.insert(recorded.to_owned(), id.to_owned());
        }
        Answer { status, headers: lines.filter_map(header).collect(), body }
    }

    /// Stops the server and lets the database go.
    async fn end(self) {
        self.serving.stop().await;
        run(&self.db, &format!("drop database {} with (force)", self.target)).await;
    }
}

async fn run(db: &PgPool, sql: &str) {
    db.execute(sqlx::AssertSqlSafe(sql.to_owned())).await.unwrap();
}

fn exchanges() -> Vec<(&'static str, Exchange)> {
    EXCHANGES.lines().map(|line| (line, serde_json::from_str(line).unwrap())).collect()
}

#[sqlx::test]
async fn every_recorded_exchange_is_answered_alike(db: PgPool) {
    let mut gateway = Gateway::new(db).await;
    let exchanges = exchanges();
    assert_eq!(exchanges.len(), 27);
    for (at, (line, exchange)) in exchanges.iter().enumerate().map(|(at, exchange)| (at + 1, exchange)) {
        let answer = gateway.send(line, exchange, &[]).await;
        let Some(wanted) = exchange.answer.clone() else {
            // The official executor keeps no answers that could be ended; the hosted Accelerate does.
            assert_eq!((exchange.path.as_str(), answer.status), ("/invalidate", 200), "exchange {at}");
            continue;
        };
        assert_eq!(answer.status, exchange.status, "exchange {at}: {}", answer.body);
        for (name, value) in &exchange.answer_headers {
            let value = gateway.transactions.get(value).unwrap_or(value);
            assert_eq!(answer.headers.get(name), Some(value), "exchange {at}: {name}");
        }
        let (mut answer, mut wanted) = (gateway.normal(answer.body), gateway.normal(wanted));
        if exchange.body["operation"] == "groupBy" {
            // It asks for no order, and Postgres' own hangs on the numbers that it gave to the enum's members.
            sort(&mut answer["data"]);
            sort(&mut wanted["data"]);
        }
        assert_eq!(answer, wanted, "exchange {at}");
    }
    gateway.end().await;
}

#[sqlx::test]
async fn what_is_told_beside_the_answer_is_alike(db: PgPool) {
    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
    let asked = [
        ("x-capture-telemetry", "tracing, query, info, warn, error"),
        ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
    ];
    let mut gateway = Gateway::new(db).await;
    let mut told: HashMap<u64, Value> = HashMap::new();
    for line in TELEMETRY.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        told.insert(line["exchange"].as_u64().unwrap(), line);
    }
    let (mut seen, mut ids) = (0, BTreeSet::new());
    for (at, (line, exchange)) in (1..).zip(exchanges()) {
        let answer = gateway.send(line, &exchange, &asked).await;
        let Some(wanted) = told.get(&at) else { continue };
        seen += 1;
        let Value::Object(extensions) = &answer.body["extensions"] else { panic!("exchange {at}: {}", answer.body) };
        let logs: Vec<_> = list(&extensions["logs"]).iter().map(log_of).collect();
        assert_eq!(Value::from(logs), wanted["logs"], "exchange {at}");
        let spans = list(&extensions["spans"]);
        assert_eq!(Value::from(spans.iter().map(span_of).collect::<Vec<_>>()), wanted["spans"], "exchange {at}");
        let own: BTreeSet<&str> = spans.iter().map(|span| span["id"].as_str().unwrap()).collect();
        assert_eq!(own.len(), spans.len(), "exchange {at}: each span has an id of its own");
        let used = spans.iter().filter_map(|span| span["parentId"].as_str());
        for id in used.chain(list(&extensions["logs"]).iter().map(|log| log["spanId"].as_str().unwrap())) {
            assert!(own.contains(id), "exchange {at}: {id} is a span of the answer");
        }
        assert!(own.iter().all(|id| id.starts_with(TRACE)), "exchange {at}: {own:?}");
        ids.extend(own.into_iter().map(str::to_owned));
    }
    assert_eq!(seen, told.len());
    assert!(ids.len() > 30, "no id comes twice: {}", ids.len());
    gateway.end().await;
}

/// What a client that asks for a part is told of that part alone; kept answers have run nothing.
#[sqlx::test]
async fn a_client_is_told_what_it_asks_for(db: PgPool) {
    let mut gateway = Gateway::new(db).await;
    let exchanges = exchanges();
    let (line, flat) = &exchanges[7];
    for (levels, logs, spans) in [
        ("error", Some(0), None),
        ("query", Some(1), None),
        ("tracing", None, Some(1)),
        ("warn,tracing", Some(0), Some(1)),
        ("", None, None),
    ] {
        let asked = [("x-capture-telemetry", levels), ("cache-control", "no-cache")];
        let answer = gateway.send(line, flat, &asked).await;
        let Value::Object(told) = &answer.body["extensions"] else { panic!("{levels:?}: {}", answer.body) };
        let count = |name| told.get(name).map(|told| list(told).len());
        assert_eq!((count("logs"), count("spans")), (logs, spans), "{levels:?}: {told:?}");
    }
    let kept = [("x-capture-telemetry", "query,tracing"), ("cache-control", "max-age=60")];
    for (status, wanted) in [("miss", 1), ("ttl", 0)] {
        let answer = gateway.send(line, flat, &kept).await;
        assert_eq!(answer.headers["accelerate-cache-status"], status);
        let told = ["logs", "spans"].map(|name| list(&answer.body["extensions"][name]).len());
        assert_eq!(told, [wanted; 2], "{status}");
    }
    gateway.end().await;
}

fn sort(groups: &mut Value) {
    groups.as_array_mut().unwrap().sort_by_key(Value::to_string);
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn log_of(log: &Value) -> Value {
    let attributes = &log["attributes"];
    assert!(attributes["duration"].as_f64().is_some_and(|ms| ms > 0.0), "{log}");
    assert!(attributes["timestamp"].as_u64().is_some_and(|ms| ms > 1_700_000_000_000), "{log}");
    assert!(list(&log["timestamp"]).iter().all(Value::is_u64), "{log}");
    let params: Value = serde_json::from_str(attributes["params"].as_str().unwrap()).unwrap();
    let fields = [
        ("level", log["level"].clone()),
        ("message", log["message"].clone()),
        ("query", attributes["query"].clone()),
        ("params", drawn(params)),
    ];
    fields.map(|(name, value)| (name.to_owned(), value)).into_iter().collect::<Map<_, _>>().into()
}

fn span_of(span: &Value) -> Value {
    let time = |name: &str| list(&span[name]).iter().filter_map(Value::as_u64).collect::<Vec<_>>();
    assert!(time("startTime").len() == 2 && time("startTime") <= time("endTime"), "{span}");
    let fields = [
        ("name", span["name"].clone()),
        ("kind", span["kind"].clone()),
        ("isRoot", span["parentId"].is_null().into()),
        ("attributes", span["attributes"].clone()),
    ];
    fields.map(|(name, value)| (name.to_owned(), value)).into_iter().collect::<Map<_, _>>().into()
}

impl Gateway {
    /// Without what is drawn anew each time.
    fn normal(&self, value: Value) -> Value {
        match value {
            Value::Object(map) if map.get("$type").is_some_and(|tag| tag == "DateTime") => "a moment".into(),
            Value::Object(map) => map.into_iter().map(|(name, value)| (name, self.normal(value))).collect(),
            Value::Array(values) => values.into_iter().map(|value| self.normal(value)).collect(),
            Value::String(text)
                if self.transactions.iter().any(|(recorded, own)| text == *recorded || text == *own) =>
            {
                "a transaction".into()
            }
            other => drawn(other),
        }
    }
}

/// Moments and ids that a client or the executor makes.
fn drawn(value: Value) -> Value {
    match value {
        Value::Array(values) => values.into_iter().map(drawn).collect(),
        Value::String(text) if text.starts_with('c') && text.len() == 25 => "a cuid".into(),
        Value::String(text) if text.len() > 20 && (text.ends_with("+00:00") || text.ends_with('Z')) => {
            "a moment".into()
        }
        other => other,
    }
}
