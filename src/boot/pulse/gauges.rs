//! How the capture of a resource goes, for Prometheus. A node captures few enough for a label each.

use kernel::ResourceId;
use metrics::{Counter, Gauge, counter, gauge};
use pulse::capture::{Phase, Status};
use pulse::setup;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::interval;
use upstream::{ConnectionString, Dialer};

/// How often the database is asked how much of its log it keeps.
const ASK: Duration = Duration::from_secs(10);
/// How often what was counted is told.
const TELL: Duration = Duration::from_secs(1);

pub struct Gauges {
    streaming: Gauge,
    lag: Gauge,
    held: Gauge,
    changes: Counter,
    oversized: Counter,
}

impl Gauges {
    pub fn new(resource: ResourceId) -> Self {
        let named = |name: &'static str| gauge!(name, "resource" => resource.to_string());
        Self {
            streaming: named("pentaprism_pulse_capture_streaming"),
            lag: named("pentaprism_pulse_capture_lag_bytes"),
            held: named("pentaprism_pulse_slot_held_bytes"),
            changes: counter!("pentaprism_pulse_changes_total"),
            oversized: counter!("pentaprism_pulse_changes_oversized_total"),
        }
    }

    /// Until it is dropped; then nothing is captured here.
    pub async fn follow(
        &self,
        status: watch::Receiver<Status>,
        dialer: &Dialer,
        target: &ConnectionString,
        slot: &str,
    ) {
        let (mut tell, mut ask) = (interval(TELL), interval(ASK));
        let (mut changes, mut oversized) = (0, 0);
        loop {
            tokio::select! {
                _ = tell.tick() => {
                    let status = status.borrow().clone();
                    self.streaming.set(if status.phase == Phase::Streaming { 1.0 } else { 0.0 });
                    self.changes.increment(status.changes - changes);
                    self.oversized.increment(status.oversized - oversized);
                    (changes, oversized) = (status.changes, status.oversized);
                }
                _ = ask.tick() => {
                    // Where it does not answer, the last figures stay, and capture says why.
                    if let Ok(Some(slot)) = setup::slot_status(dialer, target, slot).await {
                        let bytes = |bytes: Option<u64>| bytes.unwrap_or_default() as f64;
                        self.lag.set(bytes(slot.lag));
                        self.held.set(bytes(slot.held));
                    }
                }
            }
        }
    }
}

impl Drop for Gauges {
    fn drop(&mut self) {
        [&self.streaming, &self.lag, &self.held].into_iter().for_each(|gauge| gauge.set(0.0));
    }
}
