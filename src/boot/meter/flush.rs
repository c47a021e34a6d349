//! Where the counts go: totals for Prometheus, and when each resource was queried for the control plane.

use super::{Counted, Counts, Drained};
use control::accelerate::traffic;
use control::{Ctx, Error};
use kernel::ResourceId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use time::OffsetDateTime;
use tokio::time::Instant;

pub struct Flush {
    ctx: Ctx,
    counts: Arc<Counts>,
    /// Resources and their last queries that the database has not been told yet.
    untold: Mutex<HashMap<ResourceId, OffsetDateTime>>,
}

impl Flush {
    pub fn new(ctx: Ctx, counts: Arc<Counts>) -> Self {
        Self { ctx, counts, untold: Mutex::default() }
    }

    /// Drains the counts and tells of them.
    ///
    /// # Errors
    /// When the database does not answer; what it was to be told stays for the next time.
    pub async fn run(&self) -> Result<(), Error> {
        let drained = self.counts.drain();
        expose(&drained);
        let told: Vec<_> = {
            let mut untold = self.untold.lock().unwrap_or_else(PoisonError::into_inner);
            for one in &drained {
                if let Some(last) = one.counted.last {
                    let at = self.ctx.now() - Instant::now().saturating_duration_since(last);
                    untold.entry(one.pair.resource).and_modify(|before| *before = at.max(*before)).or_insert(at);
                }
            }
            untold.iter().map(|(resource, at)| (*resource, *at)).collect()
        };
        if told.is_empty() {
            return Ok(());
        }
        traffic::saw(&self.ctx, &told).await?;
        let mut untold = self.untold.lock().unwrap_or_else(PoisonError::into_inner);
        untold.retain(|resource, at| !told.contains(&(*resource, *at)));
        Ok(())
    }
}

/// Totals of the product, never by key or resource: there may be a million of them.
fn expose(drained: &[Drained]) {
    let seconds = metrics::histogram!("pentaprism_operation_seconds", "product" => "accelerate");
    let counted = || drained.iter().map(|one| &one.counted);
    for (span, count) in counted().flat_map(|counted| counted.latency.spans()) {
        seconds.record_many(span.as_secs_f64(), usize::try_from(count).unwrap_or(usize::MAX));
    }
    let sum = |number: fn(&Counted) -> u64| counted().map(number).sum();
    for (outcome, count) in [
        ("ttl", sum(|counted| counted.ttl)),
        ("swr", sum(|counted| counted.swr)),
        ("miss", sum(|counted| counted.miss)),
        ("none", sum(|counted| counted.none)),
        ("failed", sum(|counted| counted.failed)),
        ("gone", sum(|counted| counted.gone)),
    ] {
        metrics::counter!("pentaprism_operations_total", "product" => "accelerate", "outcome" => outcome)
            .increment(count);
    }
    metrics::counter!("pentaprism_operation_egress_bytes_total", "product" => "accelerate")
        .increment(sum(|counted| counted.egress));
}
