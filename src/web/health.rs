//! `/healthz`: the process runs. `/readyz`: it can do its work.

use axum::Router;
use axum::routing::get;
use control::Ctx;
use http::StatusCode;
use std::time::Duration;

pub fn routes(ctx: Ctx) -> Router {
    let ready = move || {
        let ctx = ctx.clone();
        async move {
            match tokio::time::timeout(Duration::from_secs(1), control::database::is_ready(&ctx)).await {
                Ok(true) => (StatusCode::OK, "ready\n"),
                _ => (StatusCode::SERVICE_UNAVAILABLE, "the control database does not answer\n"),
            }
        }
    };
    Router::new().route("/healthz", get(|| std::future::ready("ok\n"))).route("/readyz", get(ready))
}
