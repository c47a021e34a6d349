//! How fast the queries of one project may come.
//!
//! A bucket with as many places as queries are allowed in ten seconds, which fills up evenly in ten seconds. So in any span of `t` seconds at most
//! `requests * (1 + t / 10)` queries begin: never more than twice the number in ten seconds, and the number itself on average. Whoever finds the bucket
//! empty waits in line, first come, first served; whoever finds the line full is refused at once; whoever goes away leaves the line.

use crate::error::QueryError;
use kernel::ProjectId;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Mutex as AsyncMutex;
use tokio::time::{Instant, sleep};

/// What a project's plan allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Queries in ten seconds, on average; at least 1.
    pub requests: u32,
    /// How many more wait at most.
    pub queued: u32,
}

const WINDOW: Duration = Duration::from_secs(10);
/// The first in line looks after so long whether the rate has changed.
const LOOK: Duration = Duration::from_millis(250);

impl Rate {
    /// Between two places of the bucket. Rounded up: rather a nanosecond too late than one query too many.
    fn interval(self) -> Duration {
        let nanos = WINDOW.as_nanos().div_ceil(u128::from(self.requests.max(1)));
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// In which an empty bucket becomes full.
    fn span(self) -> Duration {
        self.interval() * self.requests.max(1)
    }
}

/// The bucket and the line of one project.
pub struct Throttle {
    /// Whether there is a rate. Without one nothing else is looked at.
    limited: AtomicBool,
    state: Mutex<State>,
    /// Goes from one to the next in the order in which they came. Whoever has it waits for the next place of the bucket.
    turn: AsyncMutex<()>,
}

struct State {
    rate: Option<Rate>,
    /// When the bucket is full again, if nobody else comes.
    full_at: Instant,
    waiting: u32,
}

impl State {
    /// Takes a place of the bucket, or answers how long there will be none.
    fn take(&mut self, now: Instant) -> Option<Duration> {
        let rate = self.rate?;
        let full_at = self.full_at.max(now) + rate.interval();
        let wait = full_at.duration_since(now).saturating_sub(rate.span());
        if wait.is_zero() {
            self.full_at = full_at;
            return None;
        }
        Some(wait)
    }
}

impl Throttle {
    fn new() -> Self {
        let state = State { rate: None, full_at: Instant::now(), waiting: 0 };
        Self { limited: AtomicBool::new(false), state: Mutex::new(state), turn: AsyncMutex::default() }
    }

    /// Who is in line already goes on by the new rate; without one, at once.
    pub fn set(&self, rate: Option<Rate>) {
        let mut state = self.state();
        state.rate = rate;
        self.limited.store(rate.is_some(), Ordering::Relaxed);
    }

    /// Lets a query begin, now or after a while; answers how long it had to wait, none where it had not.
    ///
    /// # Errors
    /// P5011 when the line is full.
    pub async fn enter(&self) -> Result<Option<Duration>, QueryError> {
        if !self.limited.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let came = Instant::now();
        let Some(_waiter) = self.join(came)? else { return Ok(None) };
        let _turn = self.turn.lock().await;
        loop {
            // The state is free again while this sleeps.
            let wait = self.state().take(Instant::now());
            let Some(wait) = wait else { break };
            sleep(wait.min(LOOK)).await;
        }
        Ok(Some(came.elapsed()))
    }

    /// A place of the bucket, where nobody else waits for one; else one in line.
    fn join(&self, now: Instant) -> Result<Option<Waiter<'_>>, QueryError> {
        let mut state = self.state();
        if state.waiting == 0 && state.take(now).is_none() {
            return Ok(None);
        }
        match state.rate {
            Some(rate) if state.waiting >= rate.queued => Err(too_many(rate)),
            _ => {
                state.waiting += 1;
                Ok(Some(Waiter(self)))
            }
        }
    }

    fn is_full(&self) -> bool {
        self.state().full_at <= Instant::now()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of those in line.
struct Waiter<'a>(&'a Throttle);

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        self.0.state().waiting -= 1;
    }
}

fn too_many(rate: Rate) -> QueryError {
    let Rate { requests, queued } = rate;
    QueryError::too_many(format!(
        "Too many requests: the plan of this project allows {requests} queries in 10 seconds and {queued} more that wait. Send fewer at once, or ask the operator for another plan."
    ))
}

/// The throttles of all projects that have traffic.
#[derive(Default)]
pub struct Throttles(Mutex<HashMap<ProjectId, Arc<Throttle>>>);

impl Throttles {
    /// The one of a project, at this rate from now on.
    pub fn of(&self, project: ProjectId, rate: Option<Rate>) -> Arc<Throttle> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let throttle = all.entry(project).or_insert_with(|| Arc::new(Throttle::new()));
        throttle.set(rate);
        Arc::clone(throttle)
    }

    /// Forgets those that nobody uses and that a new one would be equal to.
    pub fn tend(&self) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, throttle| Arc::strong_count(throttle) > 1 || !throttle.is_full());
    }
}

#[cfg(test)]
mod tests;
