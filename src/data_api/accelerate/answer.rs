//! Answers in the form that Prisma Client and `@prisma/extension-accelerate` read.

use accelerate::{Answer, Class, QueryError, Status};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LAST_MODIFIED, RETRY_AFTER};
use serde_json::{Value, json};
use std::time::{Duration, UNIX_EPOCH};

const CAPTURE: HeaderName = HeaderName::from_static("x-capture-telemetry");
const CACHE_STATUS: HeaderName = HeaderName::from_static("accelerate-cache-status");
/// The extension takes the request's id and the region from this header of the hosted service.
const RAY: HeaderName = HeaderName::from_static("cf-ray");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// What a client asks to be told beside the answer: `tracing`, and the levels of log events.
#[derive(Debug, Clone, Copy, Default)]
pub struct Telemetry {
    asked: bool,
    logs: bool,
    spans: bool,
}

impl Telemetry {
    pub fn asked(headers: &HeaderMap) -> Self {
        let Some(levels) = headers.get(CAPTURE).and_then(|value| value.to_str().ok()) else { return Self::default() };
        let mut levels = levels.split(',').map(str::trim).filter(|level| !level.is_empty()).peekable();
        let mut telemetry = Self { asked: true, ..Self::default() };
        for level in &mut levels {
            match level {
                "tracing" => telemetry.spans = true,
                _ => telemetry.logs = true,
            }
        }
        telemetry
    }

    /// The value of `extensions`; empty for none.
    fn text(self) -> &'static str {
        match (self.asked, self.logs, self.spans) {
            (false, ..) => "",
            (true, false, false) => "{}",
            (true, true, false) => r#"{"logs":[]}"#,
            (true, false, true) => r#"{"spans":[]}"#,
            (true, true, true) => r#"{"logs":[],"spans":[]}"#,
        }
    }
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
        let extensions = self.telemetry.text();
        let mut body = Vec::with_capacity(BEFORE.len() + self.answer.json.len() + extensions.len() + 16);
        body.extend_from_slice(BEFORE);
        body.extend_from_slice(&self.answer.json);
        if !extensions.is_empty() {
            body.extend_from_slice(br#","extensions":"#);
            body.extend_from_slice(extensions.as_bytes());
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
pub fn object(outcome: Result<Value, QueryError>, telemetry: Telemetry) -> Response {
    match outcome {
        Ok(mut value) => {
            extend(&mut value, telemetry);
            (StatusCode::OK, axum::Json(value)).into_response()
        }
        Err(error) => failure(&error, telemetry),
    }
}

/// `{ code, error, meta }` under the status that the official executor gives.
pub fn failure(error: &QueryError, telemetry: Telemetry) -> Response {
    let status = match error.class {
        Class::User => StatusCode::BAD_REQUEST,
        Class::Transaction => StatusCode::CONFLICT,
        Class::Limit => StatusCode::UNPROCESSABLE_ENTITY,
        Class::Unauthorized => StatusCode::UNAUTHORIZED,
        Class::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Class::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let mut body = error.body();
    extend(&mut body, telemetry);
    let mut response = (status, axum::Json(body)).into_response();
    if error.class == Class::Unavailable {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

fn extend(body: &mut Value, telemetry: Telemetry) {
    let extensions = telemetry.text();
    if let (Some(body), false) = (body.as_object_mut(), extensions.is_empty()) {
        body.insert("extensions".into(), serde_json::from_str(extensions).unwrap_or_else(|_| json!({})));
    }
}
