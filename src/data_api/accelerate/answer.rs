//! Answers in the form that Prisma Client and `@prisma/extension-accelerate` read.

use accelerate::{Answer, Begun, Capture, Class, Gateway, QueryError, Recorder, Status};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LAST_MODIFIED, RETRY_AFTER};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

const CAPTURE: HeaderName = HeaderName::from_static("x-capture-telemetry");
const TRACE: HeaderName = HeaderName::from_static("traceparent");
const CACHE_STATUS: HeaderName = HeaderName::from_static("accelerate-cache-status");
/// The extension takes the request's id and the region from this header of the hosted service.
const RAY: HeaderName = HeaderName::from_static("cf-ray");
/// How long the project's throttle held a query, in milliseconds.
const THROTTLED_BY: HeaderName = HeaderName::from_static("throttled-by");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// What a client asks to be told beside the answer: `tracing`, and the levels of log events.
#[derive(Debug, Clone, Default)]
pub struct Telemetry {
    asked: bool,
    logs: bool,
    spans: bool,
    /// Notes what is told; none where that is nothing.
    pub recorder: Option<Arc<Recorder>>,
}

impl Telemetry {
    pub fn asked(headers: &HeaderMap, gateway: &Gateway) -> Self {
        let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let Some(levels) = text(&CAPTURE) else { return Self::default() };
        let (mut telemetry, mut queries) = (Self { asked: true, ..Self::default() }, false);
        for level in levels.split(',').map(str::trim).filter(|level| !level.is_empty()) {
            match level {
                "tracing" => telemetry.spans = true,
                level => {
                    telemetry.logs = true;
                    queries |= level == "query";
                }
            }
        }
        if queries || telemetry.spans {
            let trace = text(&TRACE).and_then(trace);
            telemetry.recorder = Some(gateway.recorder(Capture { queries, spans: telemetry.spans, trace }));
        }
        telemetry
    }

    /// A span from now on, where somebody is told of it.
    pub fn begin(&self) -> Option<(&Recorder, Begun)> {
        self.recorder.as_deref().map(|recorder| (recorder, recorder.begin()))
    }

    /// Appends the value of `extensions`; nothing where nothing was asked for.
    fn write(&self, out: &mut Vec<u8>) {
        let empty = || "[]".to_owned();
        let told = match (self.asked, self.logs, self.spans, &self.recorder) {
            (false, ..) => return,
            (true, false, false, _) => "{}",
            (true, true, false, None) => r#"{"logs":[]}"#,
            (true, logs, spans, recorder) => {
                let logs = logs.then(|| recorder.as_ref().map_or_else(empty, |recorder| recorder.logs()));
                let spans = spans.then(|| recorder.as_ref().map_or_else(empty, |recorder| recorder.spans()));
                let part = |name, told: Option<String>| told.map(|told| format!("\"{name}\":{told}"));
                let parts = [part("logs", logs), part("spans", spans)];
                &format!("{{{}}}", parts.into_iter().flatten().collect::<Vec<_>>().join(","))
            }
        };
        out.extend_from_slice(told.as_bytes());
    }
}

/// The trace's id in `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01`.
fn trace(parent: &str) -> Option<Box<str>> {
    let trace = parent.split('-').nth(1)?;
    let sound = trace.len() == 32
        && trace.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        && trace.bytes().any(|byte| byte != b'0');
    sound.then(|| trace.into())
}

/// The answer to a query, whose data is JSON already.
pub struct Answered {
    pub answer: Answer,
    pub telemetry: Telemetry,
    /// `5f2c…-us_east_1`: names the request, and where it was served.
    pub ray: Option<HeaderValue>,
}

impl IntoResponse for Answered {
    fn into_response(self) -> Response {
        const BEFORE: &[u8] = br#"{"data":"#;
        let mut body = Vec::with_capacity(BEFORE.len() + self.answer.json.len() + 32);
        body.extend_from_slice(BEFORE);
        body.extend_from_slice(&self.answer.json);
        if self.telemetry.asked {
            body.extend_from_slice(br#","extensions":"#);
            self.telemetry.write(&mut body);
        }
        body.push(b'}');
        let mut response = Response::new(Body::from(body));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, JSON);
        let status = match self.answer.status {
            Status::Ttl => "ttl",
            Status::Swr => "swr",
            Status::Miss => "miss",
            Status::None => "none",
        };
        headers.insert(CACHE_STATUS, HeaderValue::from_static(status));
        if let Some(ray) = self.ray {
            headers.insert(RAY, ray);
        }
        if let Some(date) = http_date(self.answer.at_ms) {
            headers.insert(LAST_MODIFIED, date);
        }
        response
    }
}

/// `Sat, 21 Nov 2026 08:00:00 GMT`
fn http_date(at_ms: u64) -> Option<HeaderValue> {
    let at = UNIX_EPOCH.checked_add(Duration::from_millis(at_ms))?;
    HeaderValue::try_from(httpdate::fmt_http_date(at)).ok()
}

/// An answer that is an object of its own.
pub fn object(outcome: Result<Value, QueryError>, telemetry: &Telemetry) -> Response {
    match outcome {
        Ok(mut value) => {
            extend(&mut value, telemetry);
            (StatusCode::OK, axum::Json(value)).into_response()
        }
        Err(error) => failure(&error, telemetry),
    }
}

/// `{ code, error, meta }` under the status that the official executor gives.
pub fn failure(error: &QueryError, telemetry: &Telemetry) -> Response {
    let status = match error.class {
        Class::User => StatusCode::BAD_REQUEST,
        Class::Transaction => StatusCode::CONFLICT,
        Class::Limit => StatusCode::UNPROCESSABLE_ENTITY,
        Class::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Class::Unauthorized => StatusCode::UNAUTHORIZED,
        Class::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Class::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let mut body = error.body();
    extend(&mut body, telemetry);
    let mut response = (status, axum::Json(body)).into_response();
    if matches!(error.class, Class::Unavailable | Class::TooMany) {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

/// Says on an answer of whatever kind that it came later than it might have.
pub fn tell_delay(response: &mut Response, delayed: Option<Duration>) {
    if let Some(delayed) = delayed {
        let ms = u64::try_from(delayed.as_millis()).unwrap_or(u64::MAX);
        response.headers_mut().insert(THROTTLED_BY, ms.into());
    }
}

fn extend(body: &mut Value, telemetry: &Telemetry) {
    let mut extensions = Vec::new();
    telemetry.write(&mut extensions);
    if let (Some(body), false) = (body.as_object_mut(), extensions.is_empty()) {
        body.insert("extensions".into(), serde_json::from_slice(&extensions).unwrap_or_else(|_| json!({})));
    }
}
