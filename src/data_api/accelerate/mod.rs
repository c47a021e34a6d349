//! The protocol of Prisma Client's remote executor: version 7, and 6.16 and later with `engineType = "client"`.
//!
//! Clients put these paths at the root of their connection string's host. Every request brings an API key, which names the resource.

mod answer;
mod auth;
mod cache;

use super::State as Data;
use accelerate::{Access, End, QueryError, Start};
use answer::{Answered, Telemetry, failure};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json};
use control::Origin;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use kernel::ResourceId;
use serde_json::{Map, Value, json};

/// The longest body: data that is written comes in one piece.
pub(super) const LONGEST: usize = 32 * 1024 * 1024;
const TRANSACTION_ID: HeaderName = HeaderName::from_static("prisma-transaction-id");

pub fn router() -> Router<Data> {
    Router::new()
        .route("/connection-info", get(connection_info))
        .route("/query", post(query_alone))
        .route("/transaction/start", post(start))
        .route("/transaction/{id}/query", post(query_in_transaction))
        .route("/transaction/{id}/commit", post(commit))
        .route("/transaction/{id}/rollback", post(roll_back))
        .route("/invalidate", post(invalidate))
        .route("/health", get(health))
        .layer(DefaultBodyLimit::max(LONGEST))
}

/// What a request's key reaches.
struct Caller {
    resource: ResourceId,
    access: Access,
}

async fn health() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

async fn connection_info(
    State(data): State<Data>,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
) -> Response {
    let telemetry = Telemetry::asked(&headers);
    let info = async {
        let caller = auth::caller(&data, &origin, &headers).await?;
        let schema = data.gateway.schema(caller.resource, caller.access).await?;
        let mut info = Map::from_iter([("supportsRelationJoins".to_owned(), Value::Bool(true))]);
        info.extend(schema.map(|schema| ("schemaName".to_owned(), schema.into())));
        Ok(json!({ "provider": "postgres", "connectionInfo": info }))
    };
    answer::object(info.await, telemetry)
}

async fn query_alone(
    State(data): State<Data>,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    query(&data, &origin, &headers, None, &body).await
}

async fn query_in_transaction(
    State(data): State<Data>,
    Extension(origin): Extension<Origin>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    query(&data, &origin, &headers, Some(&id), &body).await
}

/// Answers a query; one outside of a transaction comes here past the router too.
pub(super) async fn query(
    data: &Data,
    origin: &Origin,
    headers: &HeaderMap,
    transaction: Option<&str>,
    body: &Bytes,
) -> Response {
    let telemetry = Telemetry::asked(headers);
    let outcome = async {
        let caller = auth::caller(data, origin, headers).await?;
        let strategy = cache::strategy(headers)?;
        data.gateway.query(caller.resource, caller.access, transaction, body, &strategy).await
    };
    match outcome.await {
        Ok(answer) => Answered { answer, telemetry, ray: data.rays.next() }.into_response(),
        Err(error) => failure(&error, telemetry),
    }
}

async fn start(
    State(data): State<Data>,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let telemetry = Telemetry::asked(&headers);
    let begun = async {
        let caller = auth::caller(&data, &origin, &headers).await?;
        let start: Start = serde_json::from_slice(&body)
            .map_err(|error| QueryError::user("P6005", format!("The request begins no transaction: {error}")))?;
        data.gateway.start(caller.resource, caller.access, start).await
    };
    match begun.await {
        Ok(id) => {
            let named = HeaderValue::try_from(&id);
            let mut response = answer::object(Ok(json!({ "id": id })), telemetry);
            if let Ok(named) = named {
                response.headers_mut().insert(TRANSACTION_ID, named);
            }
            response
        }
        Err(error) => failure(&error, telemetry),
    }
}

async fn commit(
    State(data): State<Data>,
    Extension(origin): Extension<Origin>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    end(&data, &origin, &headers, &id, End::Committed).await
}

async fn roll_back(
    State(data): State<Data>,
    Extension(origin): Extension<Origin>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    end(&data, &origin, &headers, &id, End::RolledBack).await
}

async fn end(data: &Data, origin: &Origin, headers: &HeaderMap, id: &str, end: End) -> Response {
    let ended = async {
        let caller = auth::caller(data, origin, headers).await?;
        data.gateway.end(caller.resource, caller.access, id, end).await.map(|()| json!({}))
    };
    answer::object(ended.await, Telemetry::asked(headers))
}

/// Ends kept answers: `{ "tags": ["users"] }`, or `{ "tags": "all" }`.
async fn invalidate(
    State(data): State<Data>,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let ended = async {
        let caller = auth::caller(&data, &origin, &headers).await?;
        let tags = cache::tags_to_end(&body)?;
        data.gateway.invalidate(caller.resource, tags.as_deref()).await.map(|()| json!({}))
    };
    answer::object(ended.await, Telemetry::default())
}
