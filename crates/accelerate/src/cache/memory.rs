//! Answers in the memory of this node.

use super::{Answer, Flight, Outcome, Status, Strategy};
use crate::error::QueryError;
use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Which plan with which parameters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    plan: u64,
    params: Bytes,
    /// Of the tags together, 0 for none.
    tags: u64,
}

impl Key {
    pub fn new(plan: u64, params: Bytes, tags: &[Box<str>]) -> Self {
        let hash = |tags: &[Box<str>]| {
            let mut hasher = DefaultHasher::new();
            tags.hash(&mut hasher);
            hasher.finish()
        };
        Self { plan, params, tags: if tags.is_empty() { 0 } else { hash(tags) } }
    }
}

#[derive(Debug, Clone)]
struct Kept {
    json: Bytes,
    at_ms: u64,
    /// When it is told no more, not even as a stale one.
    until_ms: u64,
    /// Of the keeping, to tell an entry from the one that it renewed.
    number: u64,
    tags: Arc<[Box<str>]>,
}

#[derive(Default)]
struct Slot {
    kept: Option<Kept>,
    /// With its number: one that was overtaken by an invalidation must not land in the place of its successor.
    flight: Option<(u64, Flight)>,
}

#[derive(Default)]
struct Slots {
    by_key: HashMap<Key, Slot>,
    /// In the order in which they were kept: the first is the first to go.
    order: VecDeque<(Key, u64)>,
    /// Numbers flights and entries.
    counted: u64,
}

/// Of an order this short it does not matter how much of it is over.
const SPARE: usize = 64;

impl Slots {
    /// Takes out of the order what was renewed or ended, once that is most of it.
    fn tidy(&mut self) {
        let Self { by_key, order, .. } = self;
        if order.len() <= 2 * by_key.len() + SPARE {
            return;
        }
        order.retain(|(key, number)| {
            by_key.get(key).and_then(|slot| slot.kept.as_ref()).is_some_and(|kept| kept.number == *number)
        });
    }
}

/// The answers of one resource, in memory.
pub struct Memory {
    slots: Mutex<Slots>,
    /// Of what is kept; changed under the lock of the slots alone.
    bytes: AtomicUsize,
    /// Bytes of this cache, and of all together.
    most: AtomicUsize,
    all: Arc<Budget>,
}

/// What all caches of a process use together.
pub struct Budget {
    used: AtomicUsize,
    most: usize,
    caches: Mutex<Vec<Weak<Memory>>>,
}

impl Budget {
    pub fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { used: AtomicUsize::new(0), most, caches: Mutex::default() })
    }

    /// Bytes that all caches have together.
    pub fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    fn join(&self, cache: &Arc<Memory>) {
        let mut caches = self.caches.lock().unwrap_or_else(PoisonError::into_inner);
        caches.retain(|cache| cache.strong_count() > 0);
        caches.push(Arc::downgrade(cache));
    }

    /// Where there is too much, whoever has the most loses its oldest: who comes last gets a share, and who has little keeps it.
    fn make_room(&self) {
        while let Some(over) = self.used().checked_sub(self.most).filter(|over| *over > 0) {
            let Some(largest) = self.largest() else { return };
            // A little more than needed, so that not every answer that lands has to look for the largest; and never most of what it has at once.
            largest.shed((over + self.most / 64).min(largest.bytes() / 2 + 1));
        }
    }

    fn largest(&self) -> Option<Arc<Memory>> {
        let caches = self.caches.lock().unwrap_or_else(PoisonError::into_inner);
        caches.iter().filter_map(Weak::upgrade).filter(|cache| cache.bytes() > 0).max_by_key(|cache| cache.bytes())
    }
}

/// What an entry costs beside its text and parameters, about.
const OVERHEAD: usize = 300;
/// Entries that are looked at in one go.
const SWEPT: usize = 1000;

impl Memory {
    pub fn new(most: usize, all: Arc<Budget>) -> Arc<Self> {
        let (bytes, most) = (AtomicUsize::new(0), AtomicUsize::new(most));
        let cache = Arc::new(Self { slots: Mutex::default(), bytes, most, all });
        cache.all.join(&cache);
        cache
    }

    /// Keeps at most so many bytes from now on.
    pub fn bound(&self, most: usize) {
        self.most.store(most, Ordering::Relaxed);
        self.shed(self.bytes().saturating_sub(most));
    }

    /// The kept answer, or the one of `run`, which is started at most once for all who ask for it at once, and runs to its end whoever goes away.
    pub async fn answer(
        self: &Arc<Self>,
        key: Key,
        strategy: &Strategy,
        now_ms: u64,
        run: impl FnOnce() -> BoxFuture<'static, Outcome>,
    ) -> Result<Answer, QueryError> {
        let (flight, found) = {
            let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            slots.counted += 1;
            let number = slots.counted;
            let slot = slots.by_key.entry(key.clone()).or_default();
            let found = slot.kept.as_ref().and_then(|kept| told(kept, strategy, now_ms));
            match found {
                Some(answer) if answer.status == Status::Ttl => return Ok(answer),
                found => {
                    let (_, flight) =
                        slot.flight.get_or_insert_with(|| (number, self.fly(key, number, strategy, run())));
                    (flight.clone(), found)
                }
            }
        };
        match found {
            Some(stale) => Ok(stale),
            None => flight.await.map(|(json, at_ms)| Answer { json, status: Status::Miss, at_ms }),
        }
    }

    fn fly(self: &Arc<Self>, key: Key, number: u64, strategy: &Strategy, run: BoxFuture<'static, Outcome>) -> Flight {
        let tags = strategy.tags.clone().into();
        let life_ms = u64::try_from(strategy.life().as_millis()).unwrap_or(u64::MAX);
        let mut landing = Landing { cache: Arc::clone(self), key, number, kept: None };
        let flight = async move {
            let outcome = run.await;
            landing.kept = outcome.as_ref().ok().map(|(json, at_ms)| {
                let until_ms = at_ms.saturating_add(life_ms);
                Kept { json: json.clone(), at_ms: *at_ms, until_ms, number, tags }
            });
            drop(landing);
            outcome
        };
        let flight = flight.boxed().shared();
        tokio::spawn(flight.clone());
        flight
    }

    fn land(&self, key: Key, number: u64, kept: Option<Kept>) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever invalidated meanwhile has taken the slot away: this answer may be from before.
        let own = |slot: &&mut Slot| slot.flight.as_ref().is_some_and(|(flying, _)| *flying == number);
        let Some(slot) = slots.by_key.get_mut(&key).filter(own) else { return };
        slot.flight = None;
        let Some(kept) = kept else {
            if slot.kept.is_none() {
                slots.by_key.remove(&key);
            }
            return;
        };
        let (before, after) = (slot.kept.as_ref().map_or(0, |old| size(&key, old)), size(&key, &kept));
        let most = self.most.load(Ordering::Relaxed);
        if after > most / 4 {
            self.take(&mut slots, &key);
            return;
        }
        slot.kept = Some(kept);
        slots.order.push_back((key, number));
        slots.tidy();
        self.grow(after);
        self.shrink(before);
        self.shed_of(&mut slots, self.bytes().saturating_sub(most));
        // The locks of two caches are never held at once.
        drop(slots);
        self.all.make_room();
    }

    /// Drops the oldest, of at least so many bytes.
    fn shed(&self, bytes: usize) {
        self.shed_of(&mut self.slots.lock().unwrap_or_else(PoisonError::into_inner), bytes);
    }

    fn shed_of(&self, slots: &mut Slots, bytes: usize) {
        let left = self.bytes().saturating_sub(bytes);
        while self.bytes() > left {
            let Some((oldest, number)) = slots.order.pop_front() else { break };
            // An entry that was renewed stands in the order again, further back.
            if slots.by_key.get(&oldest).and_then(|slot| slot.kept.as_ref()).is_some_and(|kept| kept.number == number) {
                self.take(slots, &oldest);
            }
        }
    }

    fn take(&self, slots: &mut Slots, key: &Key) {
        if let Some(kept) = slots.by_key.remove(key).and_then(|slot| slot.kept) {
            self.shrink(size(key, &kept));
        }
    }

    fn grow(&self, by: usize) {
        self.bytes.fetch_add(by, Ordering::Relaxed);
        self.all.used.fetch_add(by, Ordering::Relaxed);
    }

    fn shrink(&self, by: usize) {
        self.bytes.fetch_sub(by, Ordering::Relaxed);
        self.all.used.fetch_sub(by, Ordering::Relaxed);
    }

    /// Ends every answer that has one of the tags, and what is being asked for at the moment.
    pub fn invalidate(&self, tags: &[Box<str>]) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let hit = |slot: &Slot| slot.kept.as_ref().is_none_or(|kept| kept.tags.iter().any(|tag| tags.contains(tag)));
        let keys: Vec<_> = slots
            .by_key
            .iter()
            .filter(|(_, slot)| hit(slot) || slot.flight.is_some())
            .map(|(key, _)| key.clone())
            .collect();
        for key in keys {
            self.take(&mut slots, &key);
        }
    }

    /// Drops the answers whose time is over, so that they take no room from those of others: a few at a time, so that nobody waits for all of them.
    pub async fn sweep(&self, now_ms: u64) {
        let mut next = Some(0);
        while let Some(at) = next {
            next = self.sweep_from(at, now_ms);
            tokio::task::yield_now().await;
        }
    }

    /// Answers where to go on; what moves up meanwhile is found the next time.
    fn sweep_from(&self, at: usize, now_ms: u64) -> Option<usize> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let to = slots.order.len().min(at.saturating_add(SWEPT));
        let over = |slot: &Slot| slot.flight.is_none() && slot.kept.as_ref().is_none_or(|kept| kept.until_ms <= now_ms);
        let keys: Vec<_> = (slots.order.range(at.min(to)..to).map(|(key, _)| key))
            .filter(|key| slots.by_key.get(key).is_some_and(over))
            .cloned()
            .collect();
        for key in keys {
            self.take(&mut slots, &key);
        }
        if to < slots.order.len() {
            return Some(to);
        }
        slots.tidy();
        None
    }

    /// Ends every answer.
    pub fn purge(&self) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        self.shrink(self.bytes());
        // Numbers go on: a flight from before must not be taken for one of the same number.
        *slots = Slots { counted: slots.counted, ..Slots::default() };
    }

    /// Everything counted anew.
    #[cfg(test)]
    pub fn count(&self) -> Counted {
        let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = slots.by_key.iter().filter_map(|(key, slot)| Some(size(key, slot.kept.as_ref()?)));
        Counted { bytes: kept.sum(), order: slots.order.len() }
    }

    /// Bytes that are kept.
    pub fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
#[derive(Debug)]
pub struct Counted {
    pub bytes: usize,
    pub order: usize,
}

/// Ends a flight, however it ended: one that panicked must not be joined.
struct Landing {
    cache: Arc<Memory>,
    key: Key,
    number: u64,
    kept: Option<Kept>,
}

impl Drop for Landing {
    fn drop(&mut self) {
        self.cache.land(self.key.clone(), self.number, self.kept.take());
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.all.used.fetch_sub(self.bytes(), Ordering::Relaxed);
    }
}

fn told(kept: &Kept, strategy: &Strategy, now_ms: u64) -> Option<Answer> {
    // A key has but a hash of them.
    if *kept.tags != *strategy.tags {
        return None;
    }
    let status = strategy.told(kept.at_ms, now_ms)?;
    Some(Answer { json: kept.json.clone(), status, at_ms: kept.at_ms })
}

fn size(key: &Key, kept: &Kept) -> usize {
    let tags: usize = kept.tags.iter().map(|tag| tag.len()).sum();
    // The key stands in the order too.
    2 * key.params.len() + kept.json.len() + tags + OVERHEAD
}

#[cfg(test)]
mod tests;
