//! The connections of the data listener, and the way of a query past the router.
//!
//! Nearly all data traffic is `POST /query`. What a router and its layers do for one costs as much as a kept answer, so these requests get the same by
//! plain calls: their origin, a guard against panics, a measurement and a log line. All else goes by [`super::router`].

use super::{State, accelerate};
use crate::web::address::TrustedProxies;
use crate::web::observe::Seen;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::{IntoResponse, Response};
use axum::serve::Listener;
use futures::FutureExt;
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tower::Service;

/// Serves until `stop`, then lets running requests end.
pub async fn serve(
    mut listener: impl Listener<Addr = SocketAddr>,
    state: State,
    proxies: Arc<TrustedProxies>,
    stop: &CancellationToken,
) {
    let router = super::router(state.clone(), Arc::clone(&proxies));
    let server = Arc::new(Server { state, proxies, router });
    let (http, open) = (http1::Builder::new(), GracefulShutdown::new());
    while let Some((socket, client)) = stop.run_until_cancelled(listener.accept()).await {
        let server = Arc::clone(&server);
        let answer = move |request| {
            let server = Arc::clone(&server);
            async move { Ok::<_, Infallible>(server.answer(client, request).await) }
        };
        let connection = open.watch(http.serve_connection(TokioIo::new(socket), service_fn(answer)));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::trace!(%client, %error, "a connection of the data listener broke");
            }
        });
    }
    // So that clients go elsewhere at once.
    drop(listener);
    open.shutdown().await;
}

struct Server {
    state: State,
    proxies: Arc<TrustedProxies>,
    router: Router,
}

/// The path that goes past the router.
const QUERY: &str = "/query";

impl Server {
    async fn answer(&self, client: SocketAddr, request: Request<Incoming>) -> Response {
        let is_short = request.body().size_hint().upper().is_some_and(|bytes| bytes <= accelerate::LONGEST as u64);
        if request.method() == Method::POST && request.uri().path() == QUERY && is_short {
            return self.query(client, request).await;
        }
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(client));
        let Ok(response) = self.router.clone().call(request).await;
        response
    }

    async fn query(&self, client: SocketAddr, request: Request<Incoming>) -> Response {
        let (head, body) = request.into_parts();
        let origin = self.proxies.origin(Some(client), &head.headers);
        let seen = Seen::new(QUERY, &head.method, origin.address);
        let answer = async {
            match body.collect().await {
                Ok(body) => accelerate::query(&self.state, &origin, &head.headers, None, &body.to_bytes()).await,
                // The client broke off: nobody reads this.
                Err(_) => StatusCode::BAD_REQUEST.into_response(),
            }
        };
        // The panic's own words are on the log already: the hook writes them.
        let answer = AssertUnwindSafe(answer).catch_unwind().await;
        let response = answer.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response());
        seen.tell(response.status());
        response
    }
}
