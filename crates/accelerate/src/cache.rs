//! Answers that are told again for a while, where a query asks for it.
//!
//! One cache a resource and kind of access: no answer crosses from one to another. Of equal queries that come at once one runs, and all have its answer.

use crate::error::QueryError;
use bytes::Bytes;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long an answer may be told again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Strategy {
    /// Told as it is for so long,
    pub max_age: Duration,
    /// and for so long afterwards, while it is asked for anew in the background.
    pub stale: Duration,
    /// By which the client can end it earlier.
    pub tags: Vec<Box<str>>,
}

impl Strategy {
    /// Nothing is to be told again.
    pub fn is_none(&self) -> bool {
        self.max_age.is_zero() && self.stale.is_zero()
    }

    /// From the question to the last time that its answer is told.
    fn life(&self) -> Duration {
        self.max_age.saturating_add(self.stale)
    }
}

/// Where an answer came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// From the cache, in its time.
    Ttl,
    /// From the cache, after its time.
    Swr,
    /// From the database, and kept.
    Miss,
    /// From the database.
    None,
}

/// An answer and when the database gave it.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The value of `data`.
    pub json: Bytes,
    pub status: Status,
    /// Milliseconds since 1970.
    pub at_ms: u64,
}

/// Which plan with which parameters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    pub plan: u64,
    pub params: Bytes,
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

type Flight = Shared<BoxFuture<'static, Result<(Bytes, u64), QueryError>>>;

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
    bytes: usize,
}

/// The answers of one resource, in memory.
pub struct Cache {
    slots: Mutex<Slots>,
    /// Bytes of this cache, and of all together.
    most: usize,
    all: Arc<Budget>,
}

/// What all caches of a process use together.
#[derive(Debug)]
pub struct Budget {
    used: AtomicUsize,
    most: usize,
}

impl Budget {
    pub fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { used: AtomicUsize::new(0), most })
    }
}

/// What an entry costs beside its text and parameters, about.
const OVERHEAD: usize = 300;

impl Cache {
    pub fn new(most: usize, all: Arc<Budget>) -> Self {
        Self { slots: Mutex::default(), most, all }
    }

    /// The kept answer, or the one of `run`, which is started at most once for all who ask for it at once, and runs to its end whoever goes away.
    pub async fn answer(
        self: &Arc<Self>,
        key: Key,
        strategy: &Strategy,
        now_ms: u64,
        run: impl FnOnce() -> BoxFuture<'static, Result<(Bytes, u64), QueryError>>,
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

    fn fly(
        self: &Arc<Self>,
        key: Key,
        number: u64,
        strategy: &Strategy,
        run: BoxFuture<'static, Result<(Bytes, u64), QueryError>>,
    ) -> Flight {
        let (cache, tags) = (Arc::clone(self), strategy.tags.clone().into());
        let life_ms = u64::try_from(strategy.life().as_millis()).unwrap_or(u64::MAX);
        let flight = async move {
            let outcome = run.await;
            let kept = outcome.as_ref().ok().map(|(json, at_ms)| {
                let until_ms = at_ms.saturating_add(life_ms);
                Kept { json: json.clone(), at_ms: *at_ms, until_ms, number, tags }
            });
            cache.land(key, number, kept);
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
        if after > self.most / 4 {
            self.take(&mut slots, &key);
            return;
        }
        slot.kept = Some(kept);
        slots.order.push_back((key, number));
        slots.bytes = slots.bytes - before + after;
        self.all.used.fetch_add(after, Ordering::Relaxed);
        self.all.used.fetch_sub(before, Ordering::Relaxed);
        while slots.bytes > self.most || (self.all.used.load(Ordering::Relaxed) > self.all.most && slots.bytes > 0) {
            let Some((oldest, number)) = slots.order.pop_front() else { break };
            // An entry that was renewed stands in the order again, further back.
            if slots.by_key.get(&oldest).and_then(|slot| slot.kept.as_ref()).is_some_and(|kept| kept.number == number) {
                self.take(&mut slots, &oldest);
            }
        }
    }

    fn take(&self, slots: &mut Slots, key: &Key) {
        if let Some(kept) = slots.by_key.remove(key).and_then(|slot| slot.kept) {
            let size = size(key, &kept);
            slots.bytes -= size;
            self.all.used.fetch_sub(size, Ordering::Relaxed);
        }
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

    /// Drops the answers whose time is over, so that they take no room from those of others.
    pub fn sweep(&self, now_ms: u64) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let over = |slot: &Slot| slot.flight.is_none() && slot.kept.as_ref().is_none_or(|kept| kept.until_ms <= now_ms);
        let keys: Vec<_> = slots.by_key.iter().filter(|(_, slot)| over(slot)).map(|(key, _)| key.clone()).collect();
        for key in keys {
            self.take(&mut slots, &key);
        }
        let Slots { by_key, order, .. } = &mut *slots;
        order.retain(|(key, number)| {
            by_key.get(key).and_then(|slot| slot.kept.as_ref()).is_some_and(|kept| kept.number == *number)
        });
    }

    /// Ends every answer.
    pub fn purge(&self) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        self.all.used.fetch_sub(slots.bytes, Ordering::Relaxed);
        *slots = Slots::default();
    }

    /// Bytes that are kept.
    pub fn bytes(&self) -> usize {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner).bytes
    }
}

impl Drop for Cache {
    fn drop(&mut self) {
        self.all.used.fetch_sub(self.bytes(), Ordering::Relaxed);
    }
}

/// An answer is as old as its question.
fn told(kept: &Kept, strategy: &Strategy, now_ms: u64) -> Option<Answer> {
    let age = Duration::from_millis(now_ms.saturating_sub(kept.at_ms));
    let status = if age < strategy.max_age {
        Status::Ttl
    } else if age < strategy.life() {
        Status::Swr
    } else {
        return None;
    };
    Some(Answer { json: kept.json.clone(), status, at_ms: kept.at_ms })
}

fn size(key: &Key, kept: &Kept) -> usize {
    let tags: usize = kept.tags.iter().map(|tag| tag.len()).sum();
    // The key stands in the order too.
    2 * key.params.len() + kept.json.len() + tags + OVERHEAD
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicU64;

    fn key(params: &str) -> Key {
        Key { plan: 1, params: Bytes::copy_from_slice(params.as_bytes()) }
    }

    fn strategy(max_age: u64, stale: u64, tags: &[&str]) -> Strategy {
        let tags = tags.iter().map(|tag| (*tag).into()).collect();
        Strategy { max_age: Duration::from_secs(max_age), stale: Duration::from_secs(stale), tags }
    }

    fn cache(most: usize) -> Arc<Cache> {
        Arc::new(Cache::new(most, Budget::new(usize::MAX)))
    }

    async fn ask(cache: &Arc<Cache>, params: &str, strategy: &Strategy, text: &'static str) -> (Status, Bytes) {
        ask_at(0, cache, params, strategy, text).await
    }

    async fn ask_at(
        second: u64,
        cache: &Arc<Cache>,
        params: &str,
        strategy: &Strategy,
        text: &'static str,
    ) -> (Status, Bytes) {
        let now_ms = second * 1000;
        let run = || async move { Ok((Bytes::from_static(text.as_bytes()), now_ms)) }.boxed();
        let answer = cache.answer(key(params), strategy, now_ms, run).await.unwrap();
        (answer.status, answer.json)
    }

    #[tokio::test]
    async fn an_answer_is_told_in_its_time_then_stale_then_anew() {
        let (cache, strategy) = (cache(100_000), strategy(10, 5, &[]));
        for (second, params, text, wanted) in [
            (0, "{}", "1", (Status::Miss, "1")),
            (9, "{}", "2", (Status::Ttl, "1")),
            (11, "{}", "3", (Status::Swr, "1")),
            (12, "{}", "4", (Status::Ttl, "3")),
            (27, "{}", "5", (Status::Miss, "5")),
            (28, "{\"a\":1}", "6", (Status::Miss, "6")),
            (28, "{}", "7", (Status::Ttl, "5")),
        ] {
            assert_eq!(
                ask_at(second, &cache, params, &strategy, text).await,
                (wanted.0, wanted.1.into()),
                "{second} s"
            );
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn of_many_at_once_one_runs_and_all_have_its_answer() {
        let (cache, runs) = (cache(100_000), Arc::new(AtomicU64::new(0)));
        let run = |runs: Arc<AtomicU64>| {
            async move {
                tokio::time::sleep(Duration::from_millis(20)).await;
                runs.fetch_add(1, Ordering::Relaxed);
                Err::<(Bytes, u64), _>(QueryError::user("P1", "no"))
            }
            .boxed()
        };
        let strategy = strategy(10, 0, &[]);
        let asked = (0..50).map(|_| cache.answer(key("{}"), &strategy, 0, || run(runs.clone())));
        assert!(futures::future::join_all(asked).await.iter().all(Result::is_err));
        assert_eq!(runs.load(Ordering::Relaxed), 1);
        assert_eq!(ask(&cache, "{}", &strategy, "1").await.0, Status::Miss, "an error is not kept");
    }

    #[tokio::test]
    async fn tags_end_their_own_and_purging_ends_all() {
        let cache = cache(100_000);
        let (one, two) = (strategy(60, 0, &["a", "b"]), strategy(60, 0, &["c"]));
        ask(&cache, "1", &one, "1").await;
        ask(&cache, "2", &two, "2").await;
        cache.invalidate(&["b".into()]);
        assert_eq!(ask(&cache, "1", &one, "3").await.0, Status::Miss);
        assert_eq!(ask(&cache, "2", &two, "4").await.0, Status::Ttl);
        cache.purge();
        assert_eq!(
            (ask(&cache, "2", &two, "5").await.0, cache.all.used.load(Ordering::Relaxed)),
            (Status::Miss, cache.bytes())
        );
    }

    #[tokio::test]
    async fn what_was_asked_before_an_invalidation_is_not_kept_after_it() {
        let (cache, strategy) = (cache(100_000), strategy(60, 0, &["a"]));
        let (told, gate) = futures::channel::oneshot::channel::<()>();
        let slow = || {
            async move { gate.await.map(|()| (Bytes::from_static(b"old"), 1)).map_err(|_| QueryError::internal("")) }
                .boxed()
        };
        let asked = tokio::spawn({
            let (cache, strategy) = (Arc::clone(&cache), strategy.clone());
            async move { cache.answer(key("{}"), &strategy, 0, slow).await }
        });
        tokio::task::yield_now().await;
        cache.invalidate(&["a".into()]);
        assert_eq!(ask(&cache, "{}", &strategy, "new").await, (Status::Miss, "new".into()));
        told.send(()).unwrap();
        assert_eq!(asked.await.unwrap().unwrap().json, "old");
        assert_eq!(ask(&cache, "{}", &strategy, "newer").await, (Status::Ttl, "new".into()));
    }

    #[tokio::test]
    async fn what_is_over_is_swept_and_no_time_is_too_long() {
        let cache = cache(100_000);
        let (short, endless) = (strategy(10, 5, &[]), strategy(u64::MAX, u64::MAX, &[]));
        ask(&cache, "1", &short, "1").await;
        ask(&cache, "2", &endless, "2").await;
        cache.sweep(14_999);
        assert_eq!(cache.slots.lock().unwrap().by_key.len(), 2);
        cache.sweep(15_000);
        assert_eq!(ask_at(15, &cache, "2", &endless, "x").await, (Status::Ttl, "2".into()));
        let slots = cache.slots.lock().unwrap();
        assert_eq!(
            (slots.by_key.len(), slots.order.len(), slots.bytes),
            (1, 1, cache.all.used.load(Ordering::Relaxed))
        );
    }

    #[tokio::test]
    async fn memory_is_bounded() {
        let (cache, strategy) = (cache(20_000), strategy(60, 0, &[]));
        for at in 0..1000 {
            ask(&cache, &format!("{at}"), &strategy, "0123456789").await;
            assert!(cache.bytes() <= 20_000);
        }
        assert_eq!(ask(&cache, "999", &strategy, "x").await.0, Status::Ttl, "the latest stay");
        let slots = cache.slots.lock().unwrap();
        assert!(slots.order.len() <= slots.by_key.len() + 1 && slots.by_key.len() < 100, "{}", slots.by_key.len());
    }
}
