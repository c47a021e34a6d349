//! Counts operations by API key, resource and product, in memory, until somebody drains the counts.
//!
//! The path of a query takes no lock: it finds its counters in a map that is replaced as a whole when a pair is new or forgotten, and adds to atomic
//! numbers. Draining takes the numbers away one by one, so each operation is in exactly one drain, if perhaps its bytes and its latency in the next.

mod codes;
mod counters;
pub mod flush;
mod histogram;
mod minutes;

pub use counters::Counted;
pub use histogram::Histogram;

use accelerate::{Meter, Operation};
use arc_swap::ArcSwap;
use counters::Counters;
use kernel::{KeyId, Product, ProjectId, ResourceId};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::time::Instant;

/// What is counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    pub key: KeyId,
    pub resource: ResourceId,
    pub product: Product,
    /// Follows from the key.
    pub project: ProjectId,
}

impl Hash for Pair {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(tail(self.key.uuid().as_u128()));
        state.write_u64(tail(self.resource.uuid().as_u128()) ^ self.product as u64);
    }
}

/// Of an id, what was drawn at random.
const fn tail(id: u128) -> u64 {
    let bytes = id.to_le_bytes();
    u64::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]])
}

/// Ids are random already, and they are ours: there is nothing to mix.
#[derive(Debug, Default)]
struct Tails(u64);

impl Hasher for Tails {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64((*byte).into()));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = self.0.rotate_left(23) ^ number;
    }
}

type Shard = HashMap<Pair, Arc<Counters>, BuildHasherDefault<Tails>>;

/// A new pair copies one of them.
const SHARDS: usize = 256;
/// A pair that was drained so often without an operation is forgotten.
const IDLE_DRAINS: u32 = 600;

/// The counts of this node.
pub struct Counts {
    shards: Box<[ArcSwap<Shard>]>,
    /// Forgotten by the map, while an operation may still be adding to them. Locked by who drains.
    retired: Mutex<Vec<(Pair, Arc<Counters>)>>,
    idle_drains: u32,
    started: Instant,
}

/// What was counted of a pair since the drain before.
#[derive(Debug, Clone)]
pub struct Drained {
    pub pair: Pair,
    pub counted: Counted,
}

impl Default for Counts {
    fn default() -> Self {
        Self::forgetting_after(IDLE_DRAINS)
    }
}

impl Counts {
    fn forgetting_after(idle_drains: u32) -> Self {
        let shards = (0..SHARDS).map(|_| ArcSwap::default()).collect();
        Self { shards, retired: Mutex::default(), idle_drains, started: Instant::now() }
    }

    /// Takes what was counted since the last time. Only pairs that had an operation are told.
    pub fn drain(&self) -> Vec<Drained> {
        let mut retired = self.retired.lock().unwrap_or_else(PoisonError::into_inner);
        let mut drained = Vec::new();
        let mut take = |pair: &Pair, counters: &Counters| {
            let counted = counters.take(self.started);
            let any = !counted.is_empty();
            if any {
                drained.push(Drained { pair: *pair, counted });
            }
            any
        };
        for shard in &*self.shards {
            let map = shard.load();
            let idle = |counters: &Counters, any: bool| counters.rest(any) >= self.idle_drains;
            let over: Vec<Pair> =
                map.iter().filter(|(pair, one)| idle(one, take(pair, one))).map(|(pair, _)| *pair).collect();
            if !over.is_empty() {
                let forgotten = over.iter().filter_map(|pair| Some((*pair, Arc::clone(map.get(pair)?))));
                retired.extend(forgotten);
                shard.rcu(|map| {
                    let mut map = Shard::clone(map);
                    map.retain(|pair, _| !over.contains(pair));
                    map
                });
            }
        }
        // Whoever still has one, directly or by an old map, may add to it until it lets go.
        let kept =
            std::mem::take(&mut *retired).into_iter().filter_map(|(pair, counters)| match Arc::try_unwrap(counters) {
                Ok(last) => {
                    take(&pair, &last);
                    None
                }
                Err(counters) => {
                    take(&pair, &counters);
                    Some((pair, counters))
                }
            });
        let kept = kept.collect();
        *retired = kept;
        drained
    }

    fn shard(&self, pair: &Pair) -> &ArcSwap<Shard> {
        let mut tails = Tails::default();
        pair.hash(&mut tails);
        // The map looks at the ends of the number.
        &self.shards[usize::from(tails.finish().to_le_bytes()[3])]
    }

    /// Counts change events that were written to a client, with the bytes that they were.
    pub fn delivered(&self, pair: Pair, events: u64, bytes: u64) {
        self.with(pair, |counters| counters.delivered(events, bytes));
    }

    fn with(&self, pair: Pair, count: impl Fn(&Counters)) {
        let shard = self.shard(&pair);
        loop {
            if let Some(counters) = shard.load().get(&pair) {
                return count(counters);
            }
            self.add(pair);
        }
    }

    fn add(&self, pair: Pair) {
        self.shard(&pair).rcu(|map| {
            let mut map = Shard::clone(map);
            map.entry(pair).or_default();
            map
        });
    }
}

impl Meter for Counts {
    fn record(&self, operation: &Operation<'_>) {
        let Operation { key, resource, project, .. } = *operation;
        let pair = Pair { key, resource, product: Product::Accelerate, project };
        self.with(pair, |counters| counters.count(operation, self.started));
    }
}

#[cfg(test)]
mod tests;
