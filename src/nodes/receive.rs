//! What other nodes ask of this one.

use super::Nodes;
use super::invalidate::Invalidation;
use super::measure::{Measured, Target};
use crate::data_api::{self, State as Data};
use axum::Json;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use control::Origin;
use control::gateways::proof::{Asked, holds};
use http::StatusCode;
use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use http::request::Parts;
use serde_json::json;
use std::net::IpAddr;

/// The proof, as `control::gateways::proof` makes it; its moment; and the address of whoever asked the other node, or nothing.
pub const PROOF: HeaderName = HeaderName::from_static("pentaprism-node-proof");
pub const TIME: HeaderName = HeaderName::from_static("pentaprism-node-time");
pub const CLIENT: HeaderName = HeaderName::from_static("pentaprism-node-client");

/// Paths that only nodes ask.
const OURS: &str = "/node/";
/// The longest body of what nodes ask for themselves, in bytes.
const LONGEST: usize = 1024 * 1024;

/// Marks a request that another node has passed on: it ends here, whatever it asks for.
#[derive(Debug, Clone, Copy)]
pub struct FromNode;

/// What nodes ask for themselves.
pub fn router(data: &Data) -> Router<Data> {
    Router::new()
        .route("/node/invalidate", post(invalidate))
        .route("/node/measure", post(measure))
        .layer(from_fn_with_state(data.clone(), prove))
}

/// Lets requests of other nodes in by their proof, as if their client had come here. Without one, what only nodes ask is refused.
pub async fn prove(State(data): State<Data>, mut request: Request, next: Next) -> Response {
    let ours = request.uri().path().starts_with(OURS);
    if !request.headers().contains_key(PROOF) {
        return if ours { refuse() } else { next.run(request).await };
    }
    let (mut head, body) = request.into_parts();
    // The proof is over the body too. So that nobody else has one kept until then: it is short, or comes with a key.
    let longest = if ours {
        LONGEST
    } else if passed_on_with_a_key(&data, &head.headers).await {
        data_api::LONGEST
    } else {
        return refuse();
    };
    let Ok(body) = to_bytes(body, longest).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let Some(client) = data.nodes.proven(&head, &body) else { return refuse() };
    for name in [PROOF, TIME, CLIENT] {
        head.headers.remove(name);
    }
    head.extensions.insert(FromNode);
    if let Some(origin) = head.extensions.get_mut::<Origin>() {
        origin.address = client;
    }
    request = Request::from_parts(head, Body::from(body));
    next.run(request).await
}

/// Whether the request has a key that works from where its client is said to be. It is checked again once that is proven.
async fn passed_on_with_a_key(data: &Data, headers: &HeaderMap) -> bool {
    let client = headers.get(CLIENT).and_then(|client| client.to_str().ok()?.parse().ok());
    match data_api::bearer(headers) {
        Some(key) => data.verifier.verify(key, client, data.clock.now(), None).await.is_ok(),
        None => false,
    }
}

impl Nodes {
    /// The address that the proof vouches for; none of all where it does not hold.
    fn proven(&self, head: &Parts, body: &[u8]) -> Option<Option<IpAddr>> {
        let text = |name: HeaderName| head.headers.get(name).and_then(|value| value.to_str().ok());
        let client = match text(CLIENT)? {
            "" => None,
            address => Some(address.parse().ok()?),
        };
        let asked = Asked {
            method: head.method.as_str(),
            path: head.uri.path_and_query()?.as_str(),
            body,
            authorization: head.headers.get(AUTHORIZATION).map(HeaderValue::as_bytes).unwrap_or_default(),
            client,
            to: self.own.id,
        };
        holds(&self.ctx.vault, &asked, text(TIME)?.parse().ok()?, self.ctx.now(), text(PROOF)?).then_some(client)
    }
}

fn refuse() -> Response {
    (StatusCode::FORBIDDEN, Json(json!({ "error": "This is for other nodes of this installation." }))).into_response()
}

async fn invalidate(State(data): State<Data>, Json(asked): Json<Invalidation>) -> StatusCode {
    match data.gateway.invalidate(asked.resource, asked.tags.as_deref()).await {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(error) => {
            tracing::warn!(%error, "answers were not invalidated for another node");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}

async fn measure(State(data): State<Data>, Json(target): Json<Target>) -> Json<Measured> {
    Json(data.nodes.measure_for(&target).await)
}
