//! One log line and one measurement for every request. Never its query, a header or a body: they may hold a secret.

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use control::Origin;
use http::{Method, StatusCode};
use metrics::{Counter, Histogram, counter, histogram};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{LazyLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

pub async fn request(request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().cloned();
    let (route, method) = (path.as_ref().map_or("none", MatchedPath::as_str), request.method().clone());
    let address = request.extensions().get::<Origin>().and_then(|origin| origin.address);
    let seen = Seen::new(route, &method, address);
    let response = next.run(request).await;
    seen.tell(response.status());
    response
}

/// A request that is not answered yet.
pub struct Seen<'a> {
    start: Instant,
    /// Its pattern: there are few of them.
    route: &'a str,
    method: &'a Method,
    address: Option<IpAddr>,
}

impl<'a> Seen<'a> {
    pub fn new(route: &'a str, method: &'a Method, address: Option<IpAddr>) -> Self {
        Self { start: Instant::now(), route, method, address }
    }

    /// Measures and logs its end.
    pub fn tell(self, status: StatusCode) {
        let Self { start, route, method, address } = self;
        let (status, elapsed) = (status.as_u16(), start.elapsed());
        measure(route, status, elapsed);
        let duration_ms = elapsed.as_secs_f64() * 1000.0;
        if status == 403 || status == 429 {
            // Refusals are what an attack looks like from here.
            tracing::warn!(%method, route, status, duration_ms, address = ?address, "request refused");
        } else if status >= 500 {
            tracing::error!(%method, route, status, duration_ms, address = ?address, "request failed");
        } else {
            tracing::debug!(%method, route, status, duration_ms, address = ?address, "request");
        }
    }
}

/// Of the answers of a route with one status.
struct Measures {
    status: u16,
    total: Counter,
    seconds: Histogram,
}

impl Measures {
    fn new(route: &str, status: u16) -> Self {
        let total =
            counter!("pentaprism_http_requests_total", "route" => route.to_owned(), "status" => status.to_string());
        let seconds = histogram!("pentaprism_http_request_seconds", "route" => route.to_owned());
        Self { status, total, seconds }
    }

    fn record(&self, elapsed: Duration) {
        self.total.increment(1);
        self.seconds.record(elapsed.as_secs_f64());
    }
}

/// By route. To find a measure by its labels costs more than to count by it.
static MEASURES: LazyLock<RwLock<HashMap<Box<str>, Vec<Measures>>>> = LazyLock::new(RwLock::default);

fn measure(route: &str, status: u16, elapsed: Duration) {
    let of =
        |known: &[Measures]| known.iter().find(|measures| measures.status == status).map(|own| own.record(elapsed));
    let known = MEASURES.read().unwrap_or_else(PoisonError::into_inner);
    if known.get(route).and_then(|known| of(known)).is_some() {
        return;
    }
    drop(known);
    let measures = Measures::new(route, status);
    measures.record(elapsed);
    MEASURES.write().unwrap_or_else(PoisonError::into_inner).entry(route.into()).or_default().push(measures);
}
