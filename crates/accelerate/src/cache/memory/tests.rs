use super::*;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

fn key(params: &str, strategy: &Strategy) -> Key {
    Key::new(1, Bytes::copy_from_slice(params.as_bytes()), &strategy.tags)
}

fn strategy(max_age: u64, stale: u64, tags: &[&str]) -> Strategy {
    let tags = tags.iter().map(|tag| (*tag).into()).collect();
    Strategy { max_age: Duration::from_secs(max_age), stale: Duration::from_secs(stale), tags }
}

fn cache(most: usize) -> Arc<Memory> {
    Memory::new(most, Budget::new(usize::MAX))
}

async fn ask(cache: &Arc<Memory>, params: &str, strategy: &Strategy, text: &'static str) -> (Status, Bytes) {
    ask_at(0, cache, params, strategy, text).await
}

async fn ask_at(
    second: u64,
    cache: &Arc<Memory>,
    params: &str,
    strategy: &Strategy,
    text: &'static str,
) -> (Status, Bytes) {
    let now_ms = second * 1000;
    let run = || async move { Ok((Bytes::from_static(text.as_bytes()), now_ms)) }.boxed();
    let answer = cache.answer(key(params, strategy), strategy, now_ms, run).await.unwrap();
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
        assert_eq!(ask_at(second, &cache, params, &strategy, text).await, (wanted.0, wanted.1.into()), "{second} s");
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
    let asked = (0..50).map(|_| cache.answer(key("{}", &strategy), &strategy, 0, || run(runs.clone())));
    assert!(futures::future::join_all(asked).await.iter().all(Result::is_err));
    assert_eq!(runs.load(Ordering::Relaxed), 1);
    assert_eq!(ask(&cache, "{}", &strategy, "1").await.0, Status::Miss, "an error is not kept");
}

#[tokio::test]
async fn a_query_that_panics_is_not_joined() {
    let (cache, strategy) = (cache(100_000), strategy(10, 0, &[]));
    let breaks = || async { panic!("on purpose") }.boxed();
    let (own, asked) = (Arc::clone(&cache), strategy.clone());
    let broken = tokio::spawn(async move { own.answer(key("{}", &asked), &asked, 0, breaks).await });
    assert!(broken.await.is_err());
    assert_eq!(ask(&cache, "{}", &strategy, "1").await, (Status::Miss, "1".into()));
}

#[tokio::test]
async fn the_same_query_with_other_tags_has_an_answer_of_its_own() {
    let cache = cache(100_000);
    let (one, two) = (strategy(60, 0, &["a"]), strategy(60, 0, &["b"]));
    ask(&cache, "1", &one, "1").await;
    assert_eq!(ask(&cache, "1", &two, "2").await, (Status::Miss, "2".into()));
    cache.invalidate(&["b".into()]);
    assert_eq!(ask(&cache, "1", &one, "3").await, (Status::Ttl, "1".into()));
    assert_eq!(ask(&cache, "1", &two, "4").await, (Status::Miss, "4".into()));
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
    assert_eq!((ask(&cache, "2", &two, "5").await.0, cache.all.used()), (Status::Miss, cache.bytes()));
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
        async move { cache.answer(key("{}", &strategy), &strategy, 0, slow).await }
    });
    tokio::task::yield_now().await;
    cache.invalidate(&["a".into()]);
    assert_eq!(ask(&cache, "{}", &strategy, "new").await, (Status::Miss, "new".into()));
    told.send(()).unwrap();
    assert_eq!(asked.await.unwrap().unwrap().json, "old");
    assert_eq!(ask(&cache, "{}", &strategy, "newer").await, (Status::Ttl, "new".into()));
}

#[tokio::test]
async fn what_was_asked_before_a_purge_does_not_land_in_the_place_of_what_was_asked_after() {
    let (cache, strategy) = (cache(100_000), strategy(60, 0, &[]));
    let mut gates = Vec::new();
    let mut asked = Vec::new();
    for text in ["old", "new"] {
        let (told, gate) = futures::channel::oneshot::channel::<()>();
        let slow = move || {
            async move { gate.await.map(|()| (Bytes::from(text), 1)).map_err(|_| QueryError::internal("")) }.boxed()
        };
        let (own, strategy) = (Arc::clone(&cache), strategy.clone());
        gates.push(told);
        asked.push(tokio::spawn(async move { own.answer(key("{}", &strategy), &strategy, 0, slow).await }));
        tokio::task::yield_now().await;
        if text == "old" {
            cache.purge();
        }
    }
    gates.remove(0).send(()).unwrap();
    assert_eq!(asked.remove(0).await.unwrap().unwrap().json, "old");
    gates.remove(0).send(()).unwrap();
    assert_eq!(asked.remove(0).await.unwrap().unwrap().json, "new");
    assert_eq!(ask(&cache, "{}", &strategy, "x").await, (Status::Ttl, "new".into()));
}

#[tokio::test]
async fn what_is_over_is_swept_and_no_time_is_too_long() {
    let cache = cache(100_000);
    let (short, endless) = (strategy(10, 5, &[]), strategy(u64::MAX, u64::MAX, &[]));
    ask(&cache, "1", &short, "1").await;
    ask(&cache, "2", &endless, "2").await;
    cache.sweep(14_999).await;
    assert_eq!(cache.slots.lock().unwrap().by_key.len(), 2);
    cache.sweep(15_000).await;
    assert_eq!(ask_at(15, &cache, "2", &endless, "x").await, (Status::Ttl, "2".into()));
    let slots = cache.slots.lock().unwrap();
    assert_eq!((slots.by_key.len(), cache.bytes()), (1, cache.all.used()));
}

/// Many more than are looked at in one go, while others come and go.
#[tokio::test]
async fn what_is_over_is_swept_in_steps() {
    let cache = cache(usize::MAX);
    let (short, long) = (strategy(10, 0, &[]), strategy(100, 0, &[]));
    for at in 0..5 * SWEPT {
        let strategy = if at % 10 == 0 { &long } else { &short };
        ask(&cache, &format!("{at}"), strategy, "1").await;
    }
    assert_eq!(cache.sweep_from(0, 10_000), Some(SWEPT));
    assert_eq!(cache.slots.lock().unwrap().by_key.len(), 5 * SWEPT - SWEPT * 9 / 10);
    cache.sweep(10_000).await;
    let slots = cache.slots.lock().unwrap();
    assert_eq!(slots.by_key.len(), SWEPT / 2);
    assert!(slots.order.len() <= 2 * slots.by_key.len() + SPARE, "{}", slots.order.len());
}

/// Each may have half of all: the third has to get its share of the first two, and keeps what it got.
#[tokio::test]
async fn whoever_comes_to_a_full_memory_gets_a_share_of_it() {
    let all = Budget::new(200_000);
    let caches: Vec<_> = (0..3).map(|_| Memory::new(100_000, Arc::clone(&all))).collect();
    let strategy = strategy(60, 0, &[]);
    for cache in &caches[..2] {
        for at in 0..1000 {
            ask(cache, &format!("{at}"), &strategy, "0123456789").await;
        }
    }
    assert!(all.used() > 190_000, "{}", all.used());
    for at in 0..20 {
        ask(&caches[2], &format!("{at}"), &strategy, "0123456789").await;
    }
    for at in 0..20 {
        assert_eq!(ask(&caches[2], &format!("{at}"), &strategy, "x").await.0, Status::Ttl, "{at}");
    }
    for at in 20..1000 {
        ask(&caches[2], &format!("{at}"), &strategy, "0123456789").await;
    }
    assert!(caches.iter().all(|cache| cache.bytes() > 50_000) && all.used() <= 200_000);
    caches[0].bound(10_000);
    assert!(caches[0].bytes() <= 10_000);
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
