//! `GET /key`: what the key of this request is and may do; `GET /key?resource=env_…` refuses one that reaches another resource.

use super::{State as Data, bearer};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use control::Origin;
use control::keys::verify::Refusal;
use http::header::{CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, StatusCode};
use kernel::key::Rights;
use kernel::{KeyId, OrgId, Problem, ProblemCode, ProjectId, ResourceId};
use serde::{Deserialize, Serialize};

/// A key that works.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    id: KeyId,
    organization: OrgId,
    project: ProjectId,
    /// What it reaches: its own resource, or its project's default.
    resource: ResourceId,
    rights: Rights,
}

#[derive(Debug, Deserialize)]
pub struct Asked {
    resource: Option<ResourceId>,
}

pub async fn show(
    State(data): State<Data>,
    Extension(origin): Extension<Origin>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let Ok(Query(Asked { resource })) = asked else {
        let detail = "Name the resource by its id: GET /key?resource=env_…";
        return answer(StatusCode::BAD_REQUEST, Problem::new(ProblemCode::Invalid, detail));
    };
    let Some(text) = bearer(&headers) else {
        let detail = "Send the API key in the header Authorization: Bearer ppk_…";
        return answer(StatusCode::UNAUTHORIZED, Problem::new(ProblemCode::Unauthenticated, detail));
    };
    match data.verifier.verify(text, origin.address, data.clock.now(), resource).await {
        Ok(key) => {
            let shown = Shown {
                id: key.id,
                organization: key.org,
                project: key.project,
                resource: key.resource,
                rights: key.rights,
            };
            ([(CACHE_CONTROL, "no-store")], Json(shown)).into_response()
        }
        Err(refusal) => refuse(refusal),
    }
}

fn refuse(refusal: Refusal) -> Response {
    let (status, code) = match refusal {
        Refusal::Malformed | Refusal::Unknown | Refusal::Disabled | Refusal::Expired => {
            (StatusCode::UNAUTHORIZED, ProblemCode::Unauthenticated)
        }
        Refusal::AddressDenied | Refusal::Scope => (StatusCode::FORBIDDEN, ProblemCode::Forbidden),
        Refusal::NoResource => (StatusCode::CONFLICT, ProblemCode::Conflict),
        Refusal::Stale => (StatusCode::SERVICE_UNAVAILABLE, ProblemCode::Unavailable),
    };
    answer(status, Problem::new(code, refusal.to_string()))
}

fn answer(status: StatusCode, problem: Problem) -> Response {
    let mut response = (status, [(CACHE_CONTROL, "no-store")], Json(problem)).into_response();
    let head = response.headers_mut();
    match status {
        StatusCode::UNAUTHORIZED => _ = head.insert(WWW_AUTHENTICATE, http::HeaderValue::from_static("Bearer")),
        StatusCode::SERVICE_UNAVAILABLE => _ = head.insert(RETRY_AFTER, http::HeaderValue::from_static("1")),
        _ => {}
    }
    response
}
