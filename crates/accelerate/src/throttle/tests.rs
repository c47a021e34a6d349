use super::*;
use futures::future::join_all;
use kernel::id::Id;
use std::pin::pin;
use std::task::Poll;
use tokio::time::advance;
use uuid::Uuid;

const SANDBOX: Rate = Rate { requests: 10, queued: 25 };

fn throttle(rate: Rate) -> Arc<Throttle> {
    let throttle = Throttle::new();
    throttle.set(Some(rate));
    Arc::new(throttle)
}

#[tokio::test(start_paused = true)]
async fn ten_go_at_once_twenty_five_wait_in_order_and_the_next_is_refused() {
    let (throttle, start) = (throttle(SANDBOX), Instant::now());
    let asked = (0..36).map(|n| {
        let throttle = Arc::clone(&throttle);
        async move { (n, throttle.enter().await, start.elapsed()) }
    });
    let answers = join_all(asked).await;
    for (n, answer, at) in &answers[..10] {
        assert_eq!((answer.clone(), *at), (Ok(None), Duration::ZERO), "{n}");
    }
    for (n, answer, at) in &answers[10..35] {
        let wanted = Duration::from_secs(n - 9);
        assert!(at.abs_diff(wanted) < Duration::from_millis(5), "{n} after {at:?}");
        assert_eq!(answer.clone(), Ok(Some(*at)), "{n} is told how long");
    }
    let (_, refused, at) = &answers[35];
    let refused = refused.clone().unwrap_err();
    assert_eq!((&*refused.code, refused.class, *at), ("P5011", crate::error::Class::TooMany, Duration::ZERO));
    assert!(refused.message.contains("allows 10 queries in 10 seconds and 25 more"), "{refused}");
}

#[tokio::test(start_paused = true)]
async fn whoever_goes_away_leaves_the_line() {
    let throttle = throttle(Rate { requests: 1, queued: 2 });
    throttle.enter().await.unwrap();
    let start = Instant::now();
    let mut first = Box::pin(throttle.enter());
    let mut second = Box::pin(throttle.enter());
    assert!(futures::poll!(&mut first).is_pending() && futures::poll!(&mut second).is_pending());
    assert!(throttle.enter().await.is_err(), "the line is full");
    drop(first);
    let mut third = pin!(throttle.enter());
    assert!(futures::poll!(&mut third).is_pending(), "there is a place again");
    second.await.unwrap();
    let waited = start.elapsed();
    assert!(
        waited.abs_diff(Duration::from_secs(10)) < Duration::from_millis(5),
        "the second has the first one's place: {waited:?}"
    );
    third.await.unwrap();
    assert!(start.elapsed().abs_diff(Duration::from_secs(20)) < Duration::from_millis(5));
    assert_eq!(throttle.state().waiting, 0);
}

/// Whatever the arrivals: of the queries that begin, any n in a row take at least as long as the rate says, and none waits where it need not.
#[tokio::test(start_paused = true)]
async fn no_span_sees_more_than_its_share() {
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % below
    };
    for round in 0..60 {
        let rate =
            Rate { requests: u32::try_from(1 + random(40)).unwrap(), queued: u32::try_from(random(30)).unwrap() };
        let (throttle, start) = (throttle(rate), Instant::now());
        let mut running = Vec::new();
        for _ in 0..200 {
            let throttle = Arc::clone(&throttle);
            running.push(tokio::spawn(async move { throttle.enter().await.is_ok().then(|| start.elapsed()) }));
            match random(3) {
                0 => tokio::task::yield_now().await,
                1 => sleep(Duration::from_micros(random(200_000))).await,
                _ => sleep(Duration::from_millis(random(2_000))).await,
            }
            if random(10) == 0 {
                let at = usize::try_from(random(running.len() as u64)).unwrap();
                running.swap_remove(at).abort();
            }
        }
        let ended = join_all(running).await;
        let mut begun: Vec<Duration> = ended.into_iter().filter_map(|ended| ended.ok().flatten()).collect();
        begun.sort();
        assert!(!begun.is_empty(), "{round}");
        let requests = u128::from(rate.requests);
        for (first, from) in begun.iter().enumerate() {
            for (last, to) in begun.iter().enumerate().skip(first) {
                let (count, span) = ((last - first + 1) as u128, (*to - *from).as_nanos());
                // count <= requests * (1 + span / 10 s)
                let most = requests * (WINDOW.as_nanos() + span);
                assert!(count * WINDOW.as_nanos() <= most, "{round}: {count} at {rate:?} in {span} ns");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn on_average_exactly_the_rate_passes() {
    let (throttle, start) = (throttle(SANDBOX), Instant::now());
    let busy = (0..20).map(|_| {
        let throttle = Arc::clone(&throttle);
        async move {
            let mut begun = 0;
            while start.elapsed() < Duration::from_secs(1000) {
                throttle.enter().await.unwrap();
                begun += 1;
            }
            begun
        }
    });
    let begun: u32 = join_all(busy).await.into_iter().sum();
    // The bucket of the start, a place each second, and the ones that waited at the end.
    assert!((1009..=1030).contains(&begun), "{begun}");
}

#[tokio::test(start_paused = true)]
async fn the_line_of_one_project_holds_no_other_up() {
    let throttles = Throttles::default();
    let project = |n| Id::from_uuid(Uuid::from_u128(n));
    let (busy, quiet, free) = (
        throttles.of(project(1), Some(SANDBOX)),
        throttles.of(project(2), Some(SANDBOX)),
        throttles.of(project(3), None),
    );
    let line: Vec<_> = (0..35)
        .map(|_| {
            let busy = Arc::clone(&busy);
            tokio::spawn(async move { busy.enter().await })
        })
        .collect();
    tokio::task::yield_now().await;
    assert!(busy.enter().await.is_err());
    for throttle in [&quiet, &free] {
        assert_eq!(throttle.enter().await, Ok(None));
    }
    line.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test(start_paused = true)]
async fn a_new_rate_counts_for_whoever_is_in_line() {
    let (throttles, project) = (Throttles::default(), Id::from_uuid(Uuid::nil()));
    let throttle = throttles.of(project, Some(Rate { requests: 1, queued: 9 }));
    throttle.enter().await.unwrap();
    let start = Instant::now();
    let mut waiting = Box::pin(throttle.enter());
    assert!(matches!(futures::poll!(&mut waiting), Poll::Pending));
    throttles.of(project, None);
    assert!(waiting.await.unwrap().is_some());
    assert!(start.elapsed() <= LOOK + Duration::from_millis(5), "{:?}", start.elapsed());
    assert_eq!(throttle.enter().await, Ok(None));
}

#[tokio::test(start_paused = true)]
async fn a_bucket_is_forgotten_only_when_it_is_full() {
    let (throttles, project) = (Throttles::default(), Id::from_uuid(Uuid::nil()));
    throttles.of(project, Some(SANDBOX)).enter().await.unwrap();
    throttles.tend();
    assert_eq!(throttles.0.lock().unwrap().len(), 1);
    advance(Duration::from_millis(1001)).await;
    throttles.tend();
    assert_eq!(throttles.0.lock().unwrap().len(), 0);
}
