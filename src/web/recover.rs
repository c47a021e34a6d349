//! A panic costs the one request, and its person reads a page that says so.

use app::calls::respond::status;
use axum::body::Body;
use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use kernel::Problem;
use std::panic::AssertUnwindSafe;

/// Around pages and calls. What breaks is dropped with its request: nothing outlives it that could be half done, but rows, and those are transactions.
pub async fn recover(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let asked = Request::from_parts(parts.clone(), Body::empty());
    let run = next.run(Request::from_parts(parts, body));
    match AssertUnwindSafe(run).catch_unwind().await {
        Ok(response) => response,
        Err(_) => {
            // The panic's own words are on the log already: the hook writes them.
            let path = asked.extensions().get::<MatchedPath>();
            // The pattern of it: what stands in its place may be a secret.
            tracing::error!(route = path.map_or("none", MatchedPath::as_str), "a request panicked");
            answer(asked).await
        }
    }
}

/// A call's answer goes to [`super::forms`], which knows what its form shows.
async fn answer(asked: Request) -> Response {
    let problem = Problem::internal();
    if asked.uri().path().starts_with("/api/") {
        return (status(problem.code), axum::Json(problem)).into_response();
    }
    super::pages::problem(asked, problem).await
}
