//! Connections to one resource's database, for one kind of access.

use crate::error::QueryError;
use crate::limits::Limits;
use crate::server_error::unreachable;
use crate::session::{Access, Lease};
use crate::wire::Connection;
use arc_swap::{ArcSwap, Guard};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};
use upstream::{ConnectionString, Dialer};

/// Answers in the form that clients expect depend on it, and dates without a zone are meant in it.
const PARAMETERS: [(&str, &str); 3] = [("TimeZone", "UTC"), ("DateStyle", "ISO, YMD"), ("extra_float_digits", "1")];

/// A bounded set of connections. Whoever finds none free waits in line.
pub struct Pool {
    target: ConnectionString,
    dialer: Arc<Dialer>,
    access: Access,
    limits: ArcSwap<Limits>,
    permits: Arc<Semaphore>,
    /// Places that are one too many since the pool became smaller: who has one gives it up instead of back.
    surplus: AtomicUsize,
    waiting: AtomicUsize,
    /// Another pool has its place: only who is here already is served.
    retired: AtomicBool,
    /// The latest used last: a quiet pool falls back on few connections, and the others end.
    idle: Mutex<Vec<(Connection, Instant)>>,
}

impl Pool {
    pub fn new(target: ConnectionString, dialer: Arc<Dialer>, access: Access, limits: Limits) -> Arc<Self> {
        let permits = Arc::new(Semaphore::new(limits.connections.max(1)));
        Arc::new(Self {
            target,
            dialer,
            access,
            limits: ArcSwap::from_pointee(limits),
            permits,
            surplus: AtomicUsize::new(0),
            waiting: AtomicUsize::new(0),
            retired: AtomicBool::new(false),
            idle: Mutex::default(),
        })
    }

    pub fn limits(&self) -> Guard<Arc<Limits>> {
        self.limits.load()
    }

    /// Goes by other limits from now on; who has a connection keeps it, who is in line stays there. One call at a time.
    pub fn take_up(&self, limits: Limits) {
        let (from, to) = (self.limits().connections.max(1), limits.connections.max(1));
        self.limits.store(Arc::new(limits));
        for _ in from..to {
            if !self.take_surplus() {
                self.permits.add_permits(1);
            }
        }
        if to < from {
            let gone = self.permits.forget_permits(from - to);
            self.surplus.fetch_add(from - to - gone, Ordering::Relaxed);
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            let more = idle.len().saturating_sub(self.permits.available_permits());
            idle.drain(..more);
        }
    }

    /// Takes away a place that is one too many; whether there was one.
    fn take_surplus(&self) -> bool {
        self.surplus.load(Ordering::Relaxed) > 0
            && self.surplus.try_update(Ordering::Relaxed, Ordering::Relaxed, |surplus| surplus.checked_sub(1)).is_ok()
    }

    pub fn target(&self) -> &ConnectionString {
        &self.target
    }

    /// A connection, waiting in line for at most `wait` and the limit of the resource.
    ///
    /// # Errors
    /// P2024 when none became free in time, and whatever a new connection fails with.
    pub async fn lease(self: &Arc<Self>, wait: Option<Duration>) -> Result<Lease, QueryError> {
        let permit = match Arc::clone(&self.permits).try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => self.in_line(wait.unwrap_or(self.limits().connection_wait)).await?,
        };
        let place = Place { pool: Arc::clone(self), permit: Some(permit) };
        while let Some((mut connection, _)) = self.take() {
            if connection.is_alive() {
                return Ok(Lease::new(connection, place, self.access));
            }
        }
        let session = self.dialer.open_session(&self.target, &PARAMETERS).await;
        let session = session.map_err(|error| unreachable(&error, &self.target))?;
        // A pooler in between that hands each transaction to another session keeps no statements.
        let named = self.target.parameter("pgbouncer") != Some("true");
        Ok(Lease::new(Connection::new(session, named), place, self.access))
    }

    async fn in_line(&self, wait: Duration) -> Result<OwnedSemaphorePermit, QueryError> {
        let _waiter = Waiter::join(&self.waiting, self.limits().waiting).ok_or_else(|| self.timed_out(wait))?;
        match timeout(wait, Arc::clone(&self.permits).acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) | Err(_) => Err(self.timed_out(wait)),
        }
    }

    fn timed_out(&self, wait: Duration) -> QueryError {
        QueryError::user(
            "P2024",
            format!(
                "Timed out fetching a new connection from the connection pool. More info: http://pris.ly/d/connection-pool (Current connection pool timeout: {}, connection limit: {})",
                wait.as_secs(),
                self.limits().connections
            ),
        )
    }

    fn take(&self) -> Option<(Connection, Instant)> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    /// Closes what was not used for a while.
    pub fn close_idle(&self) {
        let Some(before) = Instant::now().checked_sub(self.limits().idle) else { return };
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).retain(|(_, since)| *since > before);
    }

    /// Whether there is no connection, nor anybody who has the right to one.
    pub fn is_empty(&self) -> bool {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
            && self.permits.available_permits() >= self.limits().connections.max(1)
    }

    /// Closes what is idle; what is in use serves who is in line, and is closed then.
    pub fn retire(&self) {
        self.retired.store(true, Ordering::Relaxed);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool").field("access", &self.access).field("limits", &self.limits()).finish_non_exhaustive()
    }
}

/// One of those in line.
struct Waiter<'a>(&'a AtomicUsize);

impl<'a> Waiter<'a> {
    fn join(waiting: &'a AtomicUsize, most: usize) -> Option<Self> {
        let waiter = Self(waiting);
        (waiting.fetch_add(1, Ordering::Relaxed) < most).then_some(waiter)
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The right to one connection of the pool.
pub struct Place {
    pool: Arc<Pool>,
    /// Gone when it was given up.
    permit: Option<OwnedSemaphorePermit>,
}

impl Place {
    pub fn limits(&self) -> Guard<Arc<Limits>> {
        self.pool.limits()
    }

    pub fn put_back(&mut self, connection: Connection) {
        self.give_up_surplus();
        let is_wanted = !self.pool.retired.load(Ordering::Relaxed) || self.pool.waiting.load(Ordering::Relaxed) > 0;
        if self.permit.is_some() && is_wanted {
            self.pool.idle.lock().unwrap_or_else(PoisonError::into_inner).push((connection, Instant::now()));
        }
    }

    fn give_up_surplus(&mut self) {
        if self.pool.take_surplus()
            && let Some(permit) = self.permit.take()
        {
            permit.forget();
        }
    }

    /// Asks the database to stop what it is doing for a connection that is given up.
    pub fn cancel(&self, connection: &Connection) {
        let (pool, key) = (Arc::clone(&self.pool), connection.cancel_key().clone());
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Err(error) = pool.dialer.cancel(&pool.target, &key).await {
                    tracing::debug!(%error, "a statement could not be cancelled");
                }
            });
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.permit.is_some() {
            self.give_up_surplus();
        }
    }
}
