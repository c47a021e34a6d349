//! Answers to an upgrade that does not become a WebSocket, as the extension reads them.

use axum::Json;
use axum::response::{IntoResponse, Response};
use control::keys::verify::Refusal;
use http::StatusCode;
use http::header::{CACHE_CONTROL, HeaderName, HeaderValue};
use serde_json::json;

/// Where the extension finds a request's id.
const RAY: HeaderName = HeaderName::from_static("cf-ray");

#[derive(Debug)]
pub struct Refused {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl Refused {
    pub fn no_upgrade() -> Self {
        let message = "Connect by WebSocket, as @prisma/extension-pulse does".to_owned();
        Self { status: StatusCode::UPGRADE_REQUIRED, code: "P6100", message }
    }

    /// So many subscribers are here already.
    pub fn full(most: usize) -> Self {
        let message = format!(
            "This environment has {most} connections of this kind, which is all it may have on one server (pulse.stream_connections, pulse.subscribe_connections)"
        );
        Self { status: StatusCode::TOO_MANY_REQUESTS, code: "P6100", message }
    }

    pub fn into_response(self, ray: Option<HeaderValue>) -> Response {
        let Self { status, code, message } = self;
        let id = ray.as_ref().and_then(|ray| ray.to_str().ok()).unwrap_or("unknown");
        let body = Json(json!({ "code": code, "message": message, "requestId": id }));
        let mut response = (status, [(CACHE_CONTROL, "no-store")], body).into_response();
        if let Some(ray) = ray {
            response.headers_mut().insert(RAY, ray);
        }
        response
    }
}

impl From<pulse::Error> for Refused {
    fn from(error: pulse::Error) -> Self {
        let status = match &error {
            pulse::Error::Unauthorized => StatusCode::UNAUTHORIZED,
            pulse::Error::ProjectDisabled | pulse::Error::AccountHold | pulse::Error::StreamsDisabled => {
                StatusCode::FORBIDDEN
            }
            pulse::Error::Gap(_) => StatusCode::CONFLICT,
            pulse::Error::Subscription(_) | pulse::Error::VersionNotSupported => StatusCode::BAD_REQUEST,
            _ => StatusCode::BAD_GATEWAY,
        };
        Self { status, code: error.code(), message: error.to_string() }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        let (status, error) = match refusal {
            Refusal::Stale => {
                let message = refusal.to_string();
                return Self { status: StatusCode::SERVICE_UNAVAILABLE, code: "P6100", message };
            }
            Refusal::NoResource => (StatusCode::FORBIDDEN, pulse::Error::ProjectDisabled),
            Refusal::Malformed
            | Refusal::Unknown
            | Refusal::Disabled
            | Refusal::Expired
            | Refusal::AddressDenied
            | Refusal::Scope => (StatusCode::UNAUTHORIZED, pulse::Error::Unauthorized),
        };
        Self { status, code: error.code(), message: format!("{error}. {refusal}") }
    }
}

impl From<control::Error> for Refused {
    fn from(error: control::Error) -> Self {
        tracing::warn!(%error, "the control database does not answer a subscriber");
        let message = "The control database does not answer. Try again in a moment.".to_owned();
        Self { status: StatusCode::SERVICE_UNAVAILABLE, code: "P6100", message }
    }
}
