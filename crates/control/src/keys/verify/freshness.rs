//! How old the table's knowledge is.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// The instant as of which the table is right, on the monotonic clock: nobody who sets the time of day makes a revoked key live longer.
#[derive(Debug)]
pub(super) struct Freshness {
    base: Instant,
    /// Nanoseconds from `base`, and one; 0 for never.
    as_of: AtomicU64,
    max_stale: Duration,
    marked: Notify,
}

impl Freshness {
    pub fn new(max_stale: Duration) -> Self {
        Self { base: Instant::now(), as_of: AtomicU64::new(0), max_stale, marked: Notify::new() }
    }

    /// Never moves back.
    pub fn mark(&self, as_of: Instant) {
        self.as_of.fetch_max(self.nanos(as_of), Ordering::AcqRel);
        self.marked.notify_waiters();
    }

    /// Whether the table may answer.
    pub fn holds(&self) -> bool {
        match self.as_of.load(Ordering::Acquire) {
            0 => false,
            as_of => Duration::from_nanos(self.nanos(Instant::now()).saturating_sub(as_of)) <= self.max_stale,
        }
    }

    /// Waits until the table is right as of this instant or a later one.
    pub async fn reaches(&self, instant: Instant) {
        let wanted = self.nanos(instant);
        loop {
            // Made before the look, so that a mark between the two wakes it.
            let marked = self.marked.notified();
            if self.as_of.load(Ordering::Acquire) >= wanted {
                return;
            }
            marked.await;
        }
    }

    fn nanos(&self, instant: Instant) -> u64 {
        let since = instant.saturating_duration_since(self.base).as_nanos();
        u64::try_from(since).unwrap_or(u64::MAX).saturating_add(1)
    }
}
