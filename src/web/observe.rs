//! One log line and one measurement for every request. Never its query, a header or a body: they may hold a secret.

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use control::Origin;
use std::time::Instant;

pub async fn request(request: Request, next: Next) -> Response {
    let start = Instant::now();
    let method = request.method().clone();
    let route =
        request.extensions().get::<MatchedPath>().map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let address = request.extensions().get::<Origin>().and_then(|origin| origin.address);
    let response = next.run(request).await;
    let (status, elapsed) = (response.status().as_u16(), start.elapsed());
    metrics::counter!("pentaprism_http_requests_total", "route" => route.clone(), "status" => status.to_string())
        .increment(1);
    metrics::histogram!("pentaprism_http_request_seconds", "route" => route.clone()).record(elapsed.as_secs_f64());
    let duration_ms = elapsed.as_secs_f64() * 1000.0;
    if status == 403 || status == 429 {
        // Refusals are what an attack looks like from here.
        tracing::warn!(%method, route, status, duration_ms, address = ?address, "request refused");
    } else if status >= 500 {
        tracing::error!(%method, route, status, duration_ms, address = ?address, "request failed");
    } else {
        tracing::debug!(%method, route, status, duration_ms, address = ?address, "request");
    }
    response
}
