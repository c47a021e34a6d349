//! One log line and one measurement for every request. Never its query, a header or a body: they may hold a secret.

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use control::Origin;
use http::{Method, StatusCode};
use metrics::{Counter, Histogram, counter, histogram};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{LazyLock, Mutex, PoisonError, RwLock};
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
        let refused = status == 403 || status == 429;
        if !refused && status < 500 {
            tracing::debug!(%method, route, status, duration_ms, address = ?address, "request");
            return;
        }
        let Some(untold) = LINES.lock().unwrap_or_else(PoisonError::into_inner).take(start) else { return };
        if refused {
            // Refusals are what an attack looks like from here.
            tracing::warn!(%method, route, status, duration_ms, address = ?address, untold, "request refused");
        } else {
            tracing::error!(%method, route, status, duration_ms, address = ?address, untold, "request failed");
        }
    }
}

static LINES: LazyLock<Mutex<Lines>> = LazyLock::new(Mutex::default);

/// Lines about requests that went wrong: who floods the server does not flood its log. Each is counted in the metrics all the same.
#[derive(Default)]
struct Lines {
    /// When the present second began.
    since: Option<Instant>,
    told: u32,
    /// Since the last line.
    untold: u64,
}

impl Lines {
    const A_SECOND: u32 = 20;

    /// The right to one line, with how many had none before it.
    fn take(&mut self, now: Instant) -> Option<u64> {
        if self.since.is_none_or(|since| now.saturating_duration_since(since) >= Duration::from_secs(1)) {
            (self.since, self.told) = (Some(now), 0);
        }
        if self.told == Self::A_SECOND {
            self.untold += 1;
            return None;
        }
        self.told += 1;
        Some(std::mem::take(&mut self.untold))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_refusals_is_a_few_lines_that_say_how_many_it_was() {
        let (mut lines, start) = (Lines::default(), Instant::now());
        let told = (0..1000).filter_map(|_| lines.take(start)).collect::<Vec<_>>();
        assert_eq!(told, [0; 20]);
        assert_eq!(lines.take(start + Duration::from_secs(1)), Some(980));
        assert_eq!(lines.take(start + Duration::from_secs(1)), Some(0));
    }
}
