//! Applications' data traffic, on a listener of its own. Every request brings an API key, which is checked from memory.
//!
//! Accelerate is served at the root, since its clients drop any path of their connection string; Pulse's clients ask for
//! `/stream` and `/subscribe` there; `GET /key` tells what a key may do.

mod accelerate;
mod key;
mod pulse;
mod serve;

pub use serve::serve;

use ::accelerate::Gateway;

use crate::boot::pulse::Pulse;
use crate::nodes::{Nodes, receive};
use crate::web::address::{self, TrustedProxies};
use crate::web::observe;
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use control::keys::verify::Verifier;
use control::{Clock, Rng};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tower_http::catch_panic::CatchPanicLayer;

/// The longest body: data that is written comes in one piece.
pub const LONGEST: usize = 32 * 1024 * 1024;

/// What a request of this listener needs.
#[derive(Clone)]
pub struct State {
    pub verifier: Arc<Verifier>,
    pub gateway: Arc<Gateway>,
    pub rays: Arc<Rays>,
    pub clock: Clock,
    pub nodes: Arc<Nodes>,
    pub pulse: Arc<Pulse>,
}

/// Names requests: by a number of this process, from a random one on, and the region. The extension takes what stands between two hyphens for the
/// region, so that its own are written as `_`.
#[derive(Debug)]
pub struct Rays {
    next: AtomicU64,
    region: String,
}

impl Rays {
    pub fn new(rng: &Rng, region: &str) -> Self {
        Self { next: AtomicU64::new(u64::from_le_bytes(rng.bytes())), region: region.replace('-', "_") }
    }

    fn next(&self) -> Option<HeaderValue> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        HeaderValue::try_from(format!("{number:016x}-{}", self.region)).ok()
    }
}

/// The token of `Authorization: Bearer …`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// All routes, with all that a request passes.
pub fn router(state: State, proxies: Arc<TrustedProxies>) -> Router {
    Router::new()
        .route("/key", get(key::show))
        .merge(accelerate::router(&state))
        .merge(pulse::router())
        .merge(receive::router(&state))
        .layer(CatchPanicLayer::custom(|_| accelerate::broken()))
        .layer(from_fn(observe::request))
        .layer(from_fn_with_state(proxies, address::find))
        .with_state(state)
}
