//! Connections: HTTP/1.1 over whatever a listener accepts, with a limit on all that a client may keep waiting.

use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower_http::timeout::TimeoutBody;

/// How long a server waits for its clients.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For the head of a request, and so for the next one on an open connection.
    pub head: Duration,
    /// For each piece of a body.
    pub body: Duration,
    /// For requests that run when the server stops.
    pub end: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        // Clients that keep connections open for the next request drop them sooner by themselves.
        Self { head: Duration::from_secs(75), body: Duration::from_secs(30), end: Duration::from_secs(20) }
    }
}

impl Patience {
    /// A request for a router: with its client's address, and a body that fails when it stops coming.
    pub fn routed(self, client: SocketAddr, request: Request<Incoming>) -> Request {
        let mut request = request.map(|body| Body::new(TimeoutBody::new(self.body, body)));
        request.extensions_mut().insert(ConnectInfo(client));
        request
    }
}

/// Serves until `stop`; then lets running requests end, as long as there is patience for them.
pub async fn serve<A, F>(
    mut listener: impl Listener<Addr = SocketAddr>,
    patience: Patience,
    stop: &CancellationToken,
    answer: A,
) where
    A: Fn(SocketAddr, Request<Incoming>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(patience.head);
    let (open, cut) = (TaskTracker::new(), CancellationToken::new());
    while let Some((socket, client)) = stop.run_until_cancelled(listener.accept()).await {
        let answer = answer.clone();
        let service = service_fn(move |request| {
            let answer = answer(client, request);
            async move { Ok::<_, Infallible>(answer.await) }
        });
        let connection = http.serve_connection(TokioIo::new(socket), service).with_upgrades();
        let (stop, cut) = (stop.clone(), cut.clone());
        open.spawn(async move {
            let mut connection = pin!(connection);
            let ended = tokio::select! {
                ended = connection.as_mut() => Some(ended),
                () = stop.cancelled() => {
                    connection.as_mut().graceful_shutdown();
                    cut.run_until_cancelled(connection).await
                }
            };
            if let Some(Err(error)) = ended {
                tracing::trace!(%client, %error, "a connection broke");
            }
        });
    }
    // So that clients go elsewhere at once.
    drop(listener);
    open.close();
    if timeout(patience.end, open.wait()).await.is_err() {
        tracing::warn!("some requests did not end in time; their connections are closed");
        cut.cancel();
    }
}
