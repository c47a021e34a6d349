//! Applications' data traffic, on a listener of its own. Every request brings an API key, which is checked from memory.
//!
//! Accelerate is served at the root, since its clients drop any path of their connection string; `GET /key` tells what a key may do.

mod accelerate;
mod key;

use ::accelerate::Gateway;

use crate::web::address::{self, TrustedProxies};
use crate::web::observe;
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use control::Clock;
use control::keys::verify::Verifier;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;

/// What a request of this listener needs.
#[derive(Clone)]
pub struct State {
    pub verifier: Arc<Verifier>,
    pub gateway: Arc<Gateway>,
    pub clock: Clock,
}

/// The token of `Authorization: Bearer …`.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

pub fn router(state: State, proxies: Arc<TrustedProxies>) -> Router {
    Router::new()
        .route("/key", get(key::show))
        .merge(accelerate::router())
        .layer(CatchPanicLayer::new())
        .layer(from_fn(observe::request))
        .layer(from_fn_with_state(proxies, address::find))
        .with_state(state)
}
