//! What a client is told beside the answer, where it asks for it: statements as log events, and spans for its traces.
//!
//! The shapes are those of the official executor (`query-plan-executor/src/tracing`, `src/log`), as Prisma Client and `@prisma/instrumentation` read them.
//! Errors are told by the answer itself and are no events: the client logs them already.

mod told;

use crate::error::{Class, QueryError};
use crate::gateway::Source;
use crate::transactions::End;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use told::{Attributes, Event, Span, Told};

/// What a client asks to be told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Capture {
    /// Statements, as events of the level `query`.
    pub queries: bool,
    pub spans: bool,
    /// The trace that the request belongs to: 32 hexadecimal digits.
    pub trace: Option<Box<str>>,
}

/// Bytes of texts that are kept of one request; what comes later is not told.
const MOST: usize = 16 * 1024 * 1024;

/// Notes what happens while one request is answered.
pub struct Recorder {
    capture: Capture,
    trace: Box<str>,
    source: Arc<dyn Source>,
    /// Milliseconds since 1970, and the same moment on the clock that is never set.
    started_ms: u64,
    started: Instant,
    told: Mutex<Told>,
}

/// A span that has not come to its end.
#[derive(Debug, Clone, Copy)]
pub struct Begun {
    id: u64,
    at: Duration,
}

/// Names of spans behind `prisma:accelerate:`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Start,
    Commit,
    RollBack,
}

impl Recorder {
    pub(crate) fn new(capture: Capture, source: Arc<dyn Source>) -> Self {
        let trace = capture.trace.clone().unwrap_or_else(|| {
            let mut bytes = [0; 16];
            source.fill(&mut bytes);
            format!("{:032x}", u128::from_be_bytes(bytes)).into()
        });
        let (started_ms, started) = (source.now_ms(), Instant::now());
        Self { capture, trace, source, started_ms, started, told: Mutex::default() }
    }

    /// Whether parameters of statements are told.
    pub(crate) fn tells_queries(&self) -> bool {
        self.capture.queries
    }

    /// From now on until one of the methods that take it.
    pub fn begin(&self) -> Begun {
        let mut bytes = [0; 8];
        self.source.fill(&mut bytes);
        Begun { id: u64::from_be_bytes(bytes), at: self.started.elapsed() }
    }

    /// A statement came to its end. `params`: a JSON array. One that failed has a span and no event.
    pub(crate) fn statement(&self, begun: Begun, sql: &str, params: &[u8], done: bool) {
        self.record(begun, None, sql, params, done);
    }

    fn record(&self, begun: Begun, parent: Option<Begun>, sql: &str, params: &[u8], done: bool) {
        let end = self.started.elapsed();
        let mut told = self.lock();
        let tells = self.capture.queries && done;
        let size = sql.len() * (usize::from(tells) + usize::from(self.capture.spans)) + params.len();
        if told.bytes + size > MOST {
            return;
        }
        told.bytes += size;
        if tells {
            let ms = end.saturating_sub(begun.at).as_secs_f64() * 1000.0;
            let at_ms = self.started_ms + u64::try_from(begun.at.as_millis()).unwrap_or_default();
            let params = String::from_utf8_lossy(params).into_owned();
            let attributes = Attributes { timestamp: at_ms, duration: ms, duration_ms: ms, query: sql.into(), params };
            told.logs.push(Event::query(self.id(begun.id), self.moment(end), attributes));
        }
        if self.capture.spans {
            let parent = parent.map(|parent| self.id(parent.id));
            told.spans.push(Span::statement(self.id(begun.id), parent, sql, self.moment(begun.at), self.moment(end)));
        }
    }

    /// A transaction was begun or ended, which took from `begun` until now. `sent`: what the database was told of it.
    pub(crate) fn step(&self, begun: Begun, step: Step, sent: Option<bool>) {
        let words = match step {
            // It goes out with the first statement, or before anything that can be told.
            Step::Start => None,
            Step::Commit => Some("COMMIT"),
            Step::RollBack => Some("ROLLBACK"),
        };
        if let (Some(words), Some(done)) = (words, sent) {
            self.record(Begun { at: begun.at, ..self.begin() }, Some(begun), words, b"[]", done);
        }
        if self.capture.spans {
            let name = match step {
                Step::Start => "start_transaction",
                Step::Commit => "commit_transaction",
                Step::RollBack => "rollback_transaction",
            };
            let end = self.moment(self.started.elapsed());
            self.lock().spans.push(Span::step(self.id(begun.id), name, self.moment(begun.at), end));
        }
    }

    /// The client's own transaction was begun, or was not.
    pub fn started(&self, begun: Begun) {
        self.step(begun, Step::Start, None);
    }

    /// The client's own transaction was ended; one that was not there was not told to the database.
    pub fn ended(&self, begun: Begun, end: End, outcome: &Result<(), QueryError>) {
        let step = if end == End::Committed { Step::Commit } else { Step::RollBack };
        let sent = match outcome {
            Ok(()) => Some(true),
            Err(error) => (error.class != Class::Transaction).then_some(false),
        };
        self.step(begun, step, sent);
    }

    /// All events so far, as a JSON array.
    pub fn logs(&self) -> String {
        told::json(&self.lock().logs)
    }

    /// All spans that have ended, as a JSON array.
    pub fn spans(&self) -> String {
        told::json(&self.lock().spans)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331`
    fn id(&self, span: u64) -> String {
        format!("{}-{span:016x}", self.trace)
    }

    /// Seconds since 1970, and nanoseconds.
    fn moment(&self, after: Duration) -> [u64; 2] {
        let at = Duration::from_millis(self.started_ms).saturating_add(after);
        [at.as_secs(), at.subsec_nanos().into()]
    }
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recorder").field("capture", &self.capture).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    struct Fixed;

    impl Source for Fixed {
        fn now_ms(&self) -> u64 {
            1_800_000_000_250
        }

        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0xab);
        }
    }

    fn recorder(queries: bool, spans: bool) -> Recorder {
        let trace = Some("0af7651916cd43dd8448eb211c80319c".into());
        Recorder::new(Capture { queries, spans, trace }, Arc::new(Fixed))
    }

    fn read(json: &str) -> Value {
        serde_json::from_str(json).unwrap()
    }

    #[tokio::test]
    async fn a_statement_is_an_event_in_its_span() {
        let recorder = recorder(true, true);
        let begun = recorder.begin();
        tokio::time::sleep(Duration::from_millis(2)).await;
        recorder.statement(begun, "select $1", br#"["x"]"#, true);
        let (id, logs, spans) =
            ("0af7651916cd43dd8448eb211c80319c-abababababababab", read(&recorder.logs()), read(&recorder.spans()));
        let (told, span) = (&logs[0]["attributes"], &spans[0]);
        let took = told["duration"].as_f64().unwrap();
        assert!((2.0..60_000.0).contains(&took), "{took} ms");
        assert_eq!(
            logs,
            json!([{
                "level": "query", "spanId": id, "timestamp": span["endTime"], "message": "Query",
                "attributes": {
                    "timestamp": 1_800_000_000_250_u64, "duration": took, "duration_ms": took, "query": "select $1", "params": r#"["x"]"#,
                },
            }])
        );
        assert_eq!(
            spans,
            json!([{
                "id": id, "parentId": null, "attributes": { "db.query.text": "select $1", "db.system.name": "postgresql" },
                "name": "prisma:accelerate:db_query", "kind": "client", "startTime": span["startTime"], "endTime": span["endTime"],
            }])
        );
        let nanos = |time: &Value| time[0].as_u64().unwrap() * 1_000_000_000 + time[1].as_u64().unwrap();
        assert!(nanos(&span["startTime"]) >= 1_800_000_000_250_000_000);
        assert!(nanos(&span["endTime"]) - nanos(&span["startTime"]) >= 2_000_000);
    }

    #[tokio::test]
    async fn what_failed_is_no_event_and_what_was_not_asked_for_is_not_told() {
        let failed = recorder(true, true);
        failed.statement(failed.begin(), "select", b"[]", false);
        assert_eq!((&*failed.logs(), read(&failed.spans()).as_array().unwrap().len()), ("[]", 1));
        let quiet = recorder(false, false);
        quiet.statement(quiet.begin(), "select", b"[]", true);
        quiet.step(quiet.begin(), Step::Commit, Some(true));
        assert_eq!((&*quiet.logs(), &*quiet.spans()), ("[]", "[]"));
    }

    #[tokio::test]
    async fn a_commit_is_a_statement_within_its_step() {
        let recorder = recorder(true, true);
        recorder.ended(recorder.begin(), End::Committed, &Ok(()));
        recorder.ended(recorder.begin(), End::RolledBack, &Err(QueryError::transaction("none")));
        let spans = read(&recorder.spans());
        let names = spans.as_array().unwrap().iter().map(|span| span["name"].as_str().unwrap());
        let names: Vec<_> = names.map(|name| name.trim_start_matches("prisma:accelerate:")).collect();
        assert_eq!(names, ["db_query", "commit_transaction", "rollback_transaction"]);
        assert_eq!(spans[0]["parentId"], spans[1]["id"]);
        assert_eq!(read(&recorder.logs())[0]["attributes"]["query"], "COMMIT");
    }

    #[tokio::test]
    async fn memory_is_bounded() {
        let (recorder, long) = (recorder(true, false), "x".repeat(MOST / 4));
        for _ in 0..10 {
            recorder.statement(recorder.begin(), &long, b"[]", true);
        }
        assert_eq!(read(&recorder.logs()).as_array().unwrap().len(), 3);
    }
}
