//! Applications' data traffic, on a listener of its own. Every request brings an API key, which is checked from memory.
//!
//! So far there is one thing to ask: what the key itself may do. Accelerate and Pulse will be served here.

mod key;

use crate::web::address::{self, TrustedProxies};
use crate::web::observe;
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use control::Clock;
use control::keys::verify::Verifier;
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;

/// What a request of this listener needs.
#[derive(Clone)]
pub struct State {
    pub verifier: Arc<Verifier>,
    pub clock: Clock,
}

pub fn router(state: State, proxies: Arc<TrustedProxies>) -> Router {
    Router::new()
        .route("/key", get(key::show))
        .layer(CatchPanicLayer::new())
        .layer(from_fn(observe::request))
        .layer(from_fn_with_state(proxies, address::find))
        .with_state(state)
}
