//! The numbers of one API key, resource and product.

use super::codes::Codes;
use super::histogram::{Buckets, Histogram};
use accelerate::{Operation, Outcome, Status};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::Instant;

#[derive(Debug, Default)]
pub struct Counters {
    ttl: AtomicU64,
    swr: AtomicU64,
    miss: AtomicU64,
    none: AtomicU64,
    failed: AtomicU64,
    gone: AtomicU64,
    events: AtomicU64,
    egress: AtomicU64,
    latency_us: AtomicU64,
    latency: Buckets,
    codes: Codes,
    /// When the last operation ended, in microseconds since the counting began.
    last: AtomicU64,
    /// Drains in a row that found nothing.
    idle: AtomicU32,
}

/// What was counted in a while.
#[derive(Debug, Clone, Default)]
pub struct Counted {
    /// Answered, by where the answer came from.
    pub ttl: u64,
    pub swr: u64,
    pub miss: u64,
    pub none: u64,
    /// Answered with an error.
    pub failed: u64,
    /// The client went away before.
    pub gone: u64,
    /// Change events delivered.
    pub events: u64,
    /// Bytes of the bodies that were sent.
    pub egress: u64,
    /// Microseconds of all operations together.
    pub latency_us: u64,
    pub latency: Histogram,
    /// How many failed with which code.
    pub codes: Vec<(String, u64)>,
    /// When the last of them ended.
    pub last: Option<Instant>,
}

impl Counted {
    pub const fn operations(&self) -> u64 {
        self.ttl + self.swr + self.miss + self.none + self.failed + self.gone
    }

    /// Bytes and latency may come a drain later than their operation.
    pub fn is_empty(&self) -> bool {
        self.operations() == 0
            && self.events == 0
            && self.egress == 0
            && self.latency.count() == 0
            && self.codes.is_empty()
    }
}

impl Counters {
    pub fn count(&self, operation: &Operation<'_>, started: Instant) {
        // First its time: whoever takes the operation away has to find it.
        let ended = operation.ended.duration_since(started).as_micros();
        self.last.fetch_max(u64::try_from(ended).unwrap_or(u64::MAX), Ordering::Relaxed);
        let add = |number: &AtomicU64, by| _ = number.fetch_add(by, Ordering::Release);
        match operation.outcome {
            Outcome::Answered { status, bytes } => {
                add(&self.egress, bytes);
                add(
                    match status {
                        Status::Ttl => &self.ttl,
                        Status::Swr => &self.swr,
                        Status::Miss => &self.miss,
                        Status::None => &self.none,
                    },
                    1,
                );
            }
            Outcome::Failed { code, bytes } => {
                add(&self.egress, bytes);
                add(&self.failed, 1);
                self.codes.add(code);
            }
            Outcome::Gone => add(&self.gone, 1),
        }
        let micros = u64::try_from(operation.latency.as_micros()).unwrap_or(u64::MAX);
        self.latency_us.fetch_add(micros, Ordering::Relaxed);
        self.latency.add(micros);
    }

    pub fn delivered(&self, events: u64, bytes: u64) {
        self.events.fetch_add(events, Ordering::Release);
        self.egress.fetch_add(bytes, Ordering::Release);
    }

    /// What was counted since the last time.
    pub fn take(&self, started: Instant) -> Counted {
        let take = |number: &AtomicU64| number.swap(0, Ordering::Acquire);
        let counted = Counted {
            ttl: take(&self.ttl),
            swr: take(&self.swr),
            miss: take(&self.miss),
            none: take(&self.none),
            failed: take(&self.failed),
            gone: take(&self.gone),
            events: take(&self.events),
            egress: take(&self.egress),
            latency_us: take(&self.latency_us),
            latency: self.latency.take(),
            codes: self.codes.take(),
            last: None,
        };
        // Not taken: it only grows, and each operation has noted its own before it was counted.
        let last = Duration::from_micros(self.last.load(Ordering::Relaxed));
        Counted { last: (counted.operations() > 0).then(|| started + last), ..counted }
    }

    /// Notes whether a drain found anything; how many in a row have not.
    pub fn rest(&self, found: bool) -> u32 {
        match found {
            true => {
                self.idle.store(0, Ordering::Relaxed);
                0
            }
            false => self.idle.fetch_add(1, Ordering::Relaxed) + 1,
        }
    }
}
