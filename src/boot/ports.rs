//! What the products ask of the control plane, answered by it.

use accelerate::{Directory, Limits, QueryError, Rate, Resource, Source};
use control::accelerate::Settings;
use control::accelerate::directory::{self, Route, Version};
use control::{Clock, Ctx, Rng, plans};
use futures::future::BoxFuture;
use kernel::ResourceId;
use secrecy::ExposeSecret;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use upstream::ConnectionString;

/// How often changes are looked for.
const POLL: Duration = Duration::from_millis(250);
/// What was not confirmed for so long is asked for again, by the request itself.
const MAX_STALE: Duration = Duration::from_secs(1);
/// A resource without traffic is forgotten, and asked for anew by the next request.
const FORGET: Duration = Duration::from_secs(600);

/// The routes to resources that have traffic, as they were at most a second ago.
#[derive(Clone)]
pub struct Routes(Arc<Inner>);

struct Inner {
    ctx: Ctx,
    known: Mutex<HashMap<ResourceId, Known>>,
    /// Numbers what was read, so that a pool can tell another version.
    versions: AtomicU64,
}

struct Known {
    version: Option<Version>,
    resource: Result<Arc<Resource>, QueryError>,
    confirmed: Instant,
    used: Instant,
}

impl Routes {
    pub fn new(ctx: Ctx) -> Self {
        Self(Arc::new(Inner { ctx, known: Mutex::default(), versions: AtomicU64::new(1) }))
    }

    /// Forgets what has changed, for ever.
    pub async fn follow(&self) {
        loop {
            tokio::time::sleep(POLL).await;
            let started = Instant::now();
            let ids = self.with_traffic(started);
            if ids.is_empty() {
                continue;
            }
            match directory::versions(&self.0.ctx, &ids).await {
                Ok(versions) => self.confirm(&ids, versions.into_iter().collect(), started),
                Err(error) => tracing::warn!(%error, "routes of Accelerate were not read; tried again"),
            }
        }
    }

    fn with_traffic(&self, now: Instant) -> Vec<ResourceId> {
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, known| now.duration_since(known.used) < FORGET);
        known.keys().copied().collect()
    }

    fn confirm(&self, ids: &[ResourceId], versions: HashMap<ResourceId, Version>, started: Instant) {
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        for id in ids {
            match known.get_mut(id) {
                Some(known) if known.version.as_ref() == versions.get(id) => known.confirmed = started,
                _ => _ = known.remove(id),
            }
        }
    }

    fn in_memory(&self, id: ResourceId, now: Instant) -> Option<Result<Arc<Resource>, QueryError>> {
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.get_mut(&id).filter(|known| now.duration_since(known.confirmed) < MAX_STALE)?;
        known.used = now;
        Some(known.resource.clone())
    }

    async fn load(&self, id: ResourceId, now: Instant) -> Result<Arc<Resource>, QueryError> {
        let found = directory::find(&self.0.ctx, id).await.map_err(|error| {
            tracing::warn!(%error, "a route of Accelerate was not read");
            QueryError::unavailable("The control database does not answer. Try again in a moment.")
        })?;
        let version = found.as_ref().map(|route| route.version.clone());
        let resource = found.map_or_else(|| Err(not_configured()), |route| self.resource(&route));
        let known = Known { version, resource: resource.clone(), confirmed: now, used: now };
        self.0.known.lock().unwrap_or_else(PoisonError::into_inner).insert(id, known);
        resource
    }

    fn resource(&self, route: &Route) -> Result<Arc<Resource>, QueryError> {
        let target = ConnectionString::parse(route.connection.expose_secret())
            .map_err(|error| QueryError::user("P6001", error.to_string()))?;
        let limits = limits(&route.settings, &route.plan);
        let rate = route.plan.rate.map(|plans::Rate { requests, queued }| Rate { requests, queued });
        let version = self.0.versions.fetch_add(1, Ordering::Relaxed);
        Ok(Arc::new(Resource { target, limits, project: route.project, rate, version, cache_epoch: route.cache_epoch }))
    }
}

/// What the settings ask, or the default; never more than the plan allows.
fn limits(settings: &Settings, plan: &plans::Limits) -> Limits {
    let defaults = Limits::default();
    let count = |asked: Option<u32>, most: Option<u32>, default: usize| {
        let number = |number: Option<u32>| number.and_then(|number| usize::try_from(number).ok());
        number(asked).unwrap_or(default).min(number(most).unwrap_or(usize::MAX))
    };
    let span = |asked: Option<u32>, most: Option<u32>, default: Duration| {
        let span = |ms: Option<u32>| ms.map(|ms| Duration::from_millis(ms.into()));
        span(asked).unwrap_or(default).min(span(most).unwrap_or(Duration::MAX))
    };
    Limits {
        connections: count(settings.connections, plan.connections, defaults.connections),
        query_timeout: span(settings.query_timeout_ms, plan.query_timeout_ms, defaults.query_timeout),
        transaction_timeout: span(
            settings.transaction_timeout_ms,
            plan.transaction_timeout_ms,
            defaults.transaction_timeout,
        ),
        response_bytes: count(settings.response_bytes, plan.response_bytes, defaults.response_bytes),
        cache: settings.cache,
        ..defaults
    }
}

fn not_configured() -> QueryError {
    QueryError::user(
        "P6010",
        "Accelerate is not configured for this resource. Configure it in the console, under Accelerate.",
    )
}

impl Directory for Routes {
    fn resource(&self, id: ResourceId) -> BoxFuture<'_, Result<Arc<Resource>, QueryError>> {
        let now = Instant::now();
        match self.in_memory(id, now) {
            Some(resource) => Box::pin(std::future::ready(resource)),
            None => Box::pin(self.load(id, now)),
        }
    }
}

/// The control plane's clock and randomness, for the executor.
pub struct ControlSource {
    pub clock: Clock,
    pub rng: Rng,
}

impl Source for ControlSource {
    fn now_ms(&self) -> u64 {
        u64::try_from(self.clock.now().unix_timestamp_nanos() / 1_000_000).unwrap_or_default()
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.rng.fill(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_bounds_what_is_asked_and_what_is_the_default() {
        let settings = Settings { connections: Some(50), query_timeout_ms: Some(700), ..Settings::default() };
        let plan = plans::Limits {
            connections: Some(20),
            query_timeout_ms: Some(5000),
            response_bytes: Some(2048),
            ..plans::Limits::default()
        };
        let defaults = Limits::default();
        let bounded = limits(&settings, &plan);
        assert_eq!((bounded.connections, bounded.response_bytes), (20, 2048));
        assert_eq!(bounded.query_timeout, Duration::from_millis(700));
        assert_eq!(bounded.transaction_timeout, defaults.transaction_timeout);
        assert_eq!(limits(&Settings::default(), &plans::Limits::default()), defaults);
    }
}
