//! The way of a query past the router.
//!
//! Nearly all data traffic is `POST /query`. What a router and its layers do for one costs as much as a kept answer, so these requests get the same by
//! plain calls: their origin, a guard against panics, a measurement and a log line. All else goes by [`super::router`].

use super::{State, accelerate};
use crate::boot::connections::{self, Patience};
use crate::web::address::TrustedProxies;
use crate::web::observe::Seen;
use ::accelerate::QueryError;
use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use axum::serve::Listener;
use futures::FutureExt;
use http::Method;
use http_body_util::BodyExt;
use hyper::body::{Body as _, Incoming};
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tower::Service;

/// Serves until `stop`, then lets running requests end.
pub async fn serve(
    listener: impl Listener<Addr = SocketAddr>,
    state: State,
    proxies: Arc<TrustedProxies>,
    patience: Patience,
    stop: &CancellationToken,
) {
    let router = super::router(state.clone(), Arc::clone(&proxies));
    let pulse = Arc::clone(&state.pulse);
    let server = Arc::new(Server { state, proxies, patience, router });
    let answer = move |client, request| {
        let server = Arc::clone(&server);
        async move { server.answer(client, request).await }
    };
    let farewell = async {
        stop.cancelled().await;
        pulse.close().await;
    };
    tokio::join!(connections::serve(listener, patience, stop, answer), farewell);
}

struct Server {
    state: State,
    proxies: Arc<TrustedProxies>,
    patience: Patience,
    router: Router,
}

/// The path that goes past the router.
const QUERY: &str = "/query";

impl Server {
    async fn answer(&self, client: SocketAddr, request: Request<Incoming>) -> Response {
        let is_short = request.body().size_hint().upper().is_some_and(|bytes| bytes <= super::LONGEST as u64);
        if request.method() == Method::POST && request.uri().path() == QUERY && is_short {
            return self.query(client, request).await;
        }
        let Ok(response) = self.router.clone().call(self.patience.routed(client, request)).await;
        response
    }

    async fn query(&self, client: SocketAddr, request: Request<Incoming>) -> Response {
        let (head, body) = request.into_parts();
        let origin = self.proxies.origin(Some(client), &head.headers);
        let seen = Seen::new(QUERY, &head.method, origin.address);
        let body = async {
            // Nearly always it has come with the head.
            match timeout(self.patience.body, body.collect()).await {
                Ok(Ok(body)) => Ok(body.to_bytes()),
                _ => Err(QueryError::user("P6005", "The request's body did not come in time.")),
            }
        };
        let answer = accelerate::query(&self.state, &origin, &head.headers, None, body);
        // The panic's own words are on the log already: the hook writes them.
        let answer = AssertUnwindSafe(answer).catch_unwind().await;
        let response = answer.unwrap_or_else(|_| accelerate::broken());
        seen.tell(response.status());
        response
    }
}
