//! Events and spans as JSON.

use serde::Serialize;

/// What was noted of one request, in the order in which it ended.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub logs: Vec<Event>,
    pub spans: Vec<Span>,
    /// Of the texts in both.
    pub bytes: usize,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Event {
    level: &'static str,
    span_id: String,
    timestamp: [u64; 2],
    message: &'static str,
    attributes: Attributes,
}

/// Of a statement. The official executor writes `duration`, and the client reads `duration_ms`.
#[derive(Debug, Serialize)]
pub(super) struct Attributes {
    /// Milliseconds since 1970, when it began.
    pub timestamp: u64,
    pub duration: f64,
    pub duration_ms: f64,
    pub query: String,
    /// A JSON array.
    pub params: String,
}

impl Event {
    pub fn query(span_id: String, timestamp: [u64; 2], attributes: Attributes) -> Self {
        Self { level: "query", span_id, timestamp, message: "Query", attributes }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Span {
    id: String,
    parent_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attributes: Option<Database>,
    name: String,
    kind: &'static str,
    start_time: [u64; 2],
    end_time: [u64; 2],
}

#[derive(Debug, Serialize)]
struct Database {
    #[serde(rename = "db.query.text")]
    text: String,
    #[serde(rename = "db.system.name")]
    system: &'static str,
}

impl Span {
    pub fn statement(id: String, parent: Option<String>, sql: &str, start: [u64; 2], end: [u64; 2]) -> Self {
        let attributes = Some(Database { text: sql.to_owned(), system: "postgresql" });
        Self { parent_id: parent, attributes, kind: "client", ..Self::step(id, "db_query", start, end) }
    }

    pub fn step(id: String, name: &str, start_time: [u64; 2], end_time: [u64; 2]) -> Self {
        let name = format!("prisma:accelerate:{name}");
        Self { id, parent_id: None, attributes: None, name, kind: "internal", start_time, end_time }
    }
}

pub(super) fn json<T: Serialize>(told: &[T]) -> String {
    serde_json::to_string(told).unwrap_or_else(|_| "[]".to_owned())
}
