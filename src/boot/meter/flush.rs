//! Where the counts go: totals for Prometheus; the sums of each minute, and when each resource was queried, for the control plane.

use super::minutes::{Minutes, Saying};
use super::{Counted, Counts, Drained};
use control::accelerate::traffic;
use control::gateways::NodeId;
use control::usage::say::say;
use control::{Ctx, Error};
use kernel::{Product, ResourceId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use time::OffsetDateTime;
use tokio::time::Instant;

pub struct Flush {
    ctx: Ctx,
    counts: Arc<Counts>,
    /// This run of this server.
    source: NodeId,
    /// Of the last statement; and who runs this has it.
    sequence: tokio::sync::Mutex<u64>,
    minutes: Mutex<Minutes>,
    /// Resources and their last queries that the database has not been told yet.
    untold: Mutex<HashMap<ResourceId, OffsetDateTime>>,
}

impl Flush {
    pub fn new(ctx: Ctx, counts: Arc<Counts>, source: NodeId) -> Self {
        let (sequence, minutes, untold) = (tokio::sync::Mutex::default(), Mutex::default(), Mutex::default());
        Self { ctx, counts, source, sequence, minutes, untold }
    }

    /// Drains the counts and tells of them.
    ///
    /// # Errors
    /// When the database does not answer; what it was to be told stays for the next time.
    pub async fn run(&self) -> Result<(), Error> {
        let mut sequence = self.sequence.lock().await;
        let drained = self.counts.drain();
        expose(&drained);
        let saying = {
            let mut minutes = self.minutes.lock().unwrap_or_else(PoisonError::into_inner);
            minutes.add(self.ctx.now(), &drained);
            minutes.saying()
        };
        self.note_queries(&drained);
        // One of them failing is no reason to keep the other.
        let said = self.say(&mut sequence, &saying).await;
        let told = self.tell_of_queries().await;
        said.and(told)
    }

    async fn say(&self, sequence: &mut u64, saying: &Saying) -> Result<(), Error> {
        if saying.said.is_empty() {
            return Ok(());
        }
        *sequence += 1;
        say(&self.ctx, self.source, *sequence, &saying.said).await?;
        self.minutes.lock().unwrap_or_else(PoisonError::into_inner).known(self.ctx.now(), saying);
        Ok(())
    }

    fn note_queries(&self, drained: &[Drained]) {
        let mut untold = self.untold.lock().unwrap_or_else(PoisonError::into_inner);
        for one in drained {
            if let Some(last) = one.counted.last {
                let at = self.ctx.now() - Instant::now().saturating_duration_since(last);
                untold.entry(one.pair.resource).and_modify(|before| *before = at.max(*before)).or_insert(at);
            }
        }
    }

    async fn tell_of_queries(&self) -> Result<(), Error> {
        let told: Vec<_> = {
            let untold = self.untold.lock().unwrap_or_else(PoisonError::into_inner);
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

/// Totals of Accelerate, never by key or resource: there may be a million of them. Pulse has figures of its own.
fn expose(drained: &[Drained]) {
    let seconds = metrics::histogram!("pentaprism_operation_seconds", "product" => "accelerate");
    let counted = || drained.iter().filter(|one| one.pair.product == Product::Accelerate).map(|one| &one.counted);
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
