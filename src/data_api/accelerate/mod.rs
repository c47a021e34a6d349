//! The protocol of Prisma Client's remote executor: version 7, and 6.16 and later with `engineType = "client"`.
//!
//! Clients put these paths at the root of their connection string's host. Every request brings an API key, which names the resource.

mod answer;
mod auth;
mod cache;
mod elsewhere;

use super::{LONGEST, State as Data};
use crate::nodes::receive;
use accelerate::{End, QueryError, Start};
use answer::{Answered, Telemetry, failure};
use axum::Router;
use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::{Path, State};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json};
use control::Origin;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value, json};

const TRANSACTION_ID: HeaderName = HeaderName::from_static("prisma-transaction-id");

pub fn router(data: &Data) -> Router<Data> {
    // Another node may hold the transaction, or ask for one that is held here.
    let held = Router::new()
        .route("/transaction/{id}/query", post(query_in_transaction))
        .route("/transaction/{id}/commit", post(commit))
        .route("/transaction/{id}/rollback", post(roll_back))
        .layer(from_fn_with_state(data.clone(), elsewhere::pass_on))
        .layer(from_fn_with_state(data.clone(), receive::prove));
    Router::new()
        .route("/connection-info", get(connection_info))
        .route("/query", post(query_alone))
        .route("/transaction/start", post(start))
        .route("/invalidate", post(invalidate))
        .route("/health", get(health))
        .merge(held)
}

/// Read once it is known who sends it: bodies of strangers are not kept.
async fn read(body: Body) -> Result<Bytes, QueryError> {
    let incomplete = |_| {
        QueryError::user("P6005", format!("The request's body did not come whole, or has more than {LONGEST} bytes."))
    };
    to_bytes(body, LONGEST).await.map_err(incomplete)
}

/// The answer to a request that panicked.
pub(super) fn broken() -> Response {
    let error = QueryError::internal("Something failed on the gateway. Its log says what.");
    failure(&error, &Telemetry::default())
}

async fn health() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

async fn connection_info(
    State(data): State<Data>,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
) -> Response {
    let telemetry = Telemetry::asked(&headers, &data.gateway);
    let info = async {
        let caller = auth::caller(&data, &origin, &headers).await?;
        let schema = data.gateway.schema(caller.resource, caller.access).await?;
        let mut info = Map::from_iter([("supportsRelationJoins".to_owned(), Value::Bool(true))]);
        info.extend(schema.map(|schema| ("schemaName".to_owned(), schema.into())));
        Ok(json!({ "provider": "postgres", "connectionInfo": info }))
    };
    answer::object(info.await, &telemetry)
}

async fn query_alone(
    State(data): State<Data>,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    query(&data, &origin, &headers, None, read(body)).await
}

async fn query_in_transaction(
    State(data): State<Data>,
    Extension(origin): Extension<Origin>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    query(&data, &origin, &headers, Some(&id), read(body)).await
}

/// Answers a query; one outside of a transaction comes here past the router too.
pub(super) async fn query(
    data: &Data,
    origin: &Origin,
    headers: &HeaderMap,
    transaction: Option<&str>,
    body: impl Future<Output = Result<Bytes, QueryError>>,
) -> Response {
    let telemetry = Telemetry::asked(headers, &data.gateway);
    let caller = match auth::caller(data, origin, headers).await {
        Ok(caller) => caller,
        Err(error) => return failure(&error, &telemetry),
    };
    let body = match body.await {
        Ok(body) => body,
        Err(error) => return failure(&error, &telemetry),
    };
    let mut asked = data.gateway.ask(caller);
    let outcome = match cache::strategy(headers) {
        Ok(strategy) => asked.query(transaction, &body, &strategy, telemetry.recorder.as_ref()).await,
        Err(error) => Err(error),
    };
    let mut response = match &outcome {
        Ok(answer) => Answered { answer: answer.clone(), telemetry, ray: data.rays.next() }.into_response(),
        Err(error) => failure(error, &telemetry),
    };
    let delayed = asked.end(&outcome, response.body().size_hint().lower());
    answer::tell_delay(&mut response, delayed);
    response
}

async fn start(
    State(data): State<Data>,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let telemetry = Telemetry::asked(&headers, &data.gateway);
    let told = telemetry.begin();
    let begun = async {
        let caller = auth::caller(&data, &origin, &headers).await?;
        let start: Start = serde_json::from_slice(&read(body).await?)
            .map_err(|error| QueryError::user("P6005", format!("The request begins no transaction: {error}")))?;
        data.gateway.start(caller.resource, caller.access, start).await
    };
    let begun = begun.await;
    if let Some((recorder, span)) = told {
        recorder.started(span);
    }
    match begun {
        Ok(id) => {
            let named = HeaderValue::try_from(&id);
            let mut response = answer::object(Ok(json!({ "id": id })), &telemetry);
            if let Ok(named) = named {
                response.headers_mut().insert(TRANSACTION_ID, named);
            }
            response
        }
        Err(error) => failure(&error, &telemetry),
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
    let telemetry = Telemetry::asked(headers, &data.gateway);
    let ended = async {
        let caller = auth::caller(data, origin, headers).await?;
        data.gateway.end(caller.resource, caller.access, id, end).await
    };
    let told = telemetry.begin();
    let ended = ended.await;
    if let Some((recorder, span)) = told {
        recorder.ended(span, end, &ended);
    }
    answer::object(ended.map(|()| json!({})), &telemetry)
}

/// Ends kept answers: `{ "tags": ["users"] }`, or `{ "tags": "all" }`.
async fn invalidate(
    State(data): State<Data>,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let ended = async {
        let caller = auth::caller(&data, &origin, &headers).await?;
        let tags = cache::tags_to_end(&read(body).await?)?;
        data.gateway.invalidate(caller.resource, tags.as_deref()).await?;
        if data.gateway.keeps_its_own_answers() {
            data.nodes.invalidate(caller.resource, tags).await?;
        }
        Ok(json!({}))
    };
    answer::object(ended.await, &Telemetry::default())
}
