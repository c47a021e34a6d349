use super::*;
use accelerate::{Outcome, Status};
use kernel::id::{Id, Kind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

fn id<K: Kind>(n: u64) -> Id<K> {
    format!("{n:025}").parse().unwrap()
}

fn pair(key: u64) -> Pair {
    Pair { key: id(key), resource: id(key / 3), product: Product::Accelerate, project: id(0) }
}

fn record(counts: &Counts, pair: Pair, outcome: Outcome<'_>) {
    let Pair { key, resource, project, .. } = pair;
    let latency = Duration::from_micros(100);
    counts.record(&Operation { key, resource, project, latency, ended: Instant::now(), outcome });
}

/// Eight threads count while another drains and forgets as fast as it can: nothing is lost and nothing told twice.
#[test]
fn every_operation_is_in_exactly_one_drain() {
    const THREADS: u64 = 8;
    const EACH: u64 = 40_000;
    let (counts, over) = (Counts::forgetting_after(1), AtomicBool::new(false));
    let mut drained = Vec::new();
    // In microseconds, as times are kept; and after the counting began, so that a time that is missing would show.
    std::thread::sleep(Duration::from_millis(2));
    let begun = Instant::now() - Duration::from_micros(1);
    std::thread::scope(|scope| {
        let drainer = scope.spawn(|| {
            let mut drained = Vec::new();
            while !over.load(Ordering::Acquire) {
                drained.extend(counts.drain());
            }
            drained
        });
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                let counts = &counts;
                scope.spawn(move || {
                    for n in 0..EACH {
                        let outcome = match n % 5 {
                            0 => Outcome::Answered { status: Status::Ttl, bytes: 3 },
                            1 => Outcome::Answered { status: Status::Miss, bytes: n },
                            2 => Outcome::Answered { status: Status::None, bytes: 0 },
                            3 => Outcome::Failed { code: "P2002", bytes: 2 },
                            _ => Outcome::Gone,
                        };
                        record(counts, pair((n * 7 + thread) % 50), outcome);
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        over.store(true, Ordering::Release);
        drained = drainer.join().unwrap();
    });
    drained.extend(counts.drain());
    assert!(counts.drain().is_empty());
    let sum = |number: fn(&Counted) -> u64| drained.iter().map(|one| number(&one.counted)).sum::<u64>();
    let share = THREADS * EACH / 5;
    for (name, told) in [
        ("ttl", sum(|one| one.ttl)),
        ("miss", sum(|one| one.miss)),
        ("none", sum(|one| one.none)),
        ("failed", sum(|one| one.failed)),
        ("gone", sum(|one| one.gone)),
    ] {
        assert_eq!(told, share, "{name}");
    }
    let bytes: u64 = (0..EACH).filter(|n| n % 5 == 1).sum();
    assert_eq!(sum(|one| one.egress), share * (3 + 2) + THREADS * bytes);
    assert_eq!(sum(|one| one.latency.count()), THREADS * EACH);
    assert_eq!(sum(|one| one.latency_us), THREADS * EACH * 100);
    assert_eq!(sum(|one| one.codes.iter().map(|(_, count)| count).sum()), share, "each error has its code");
    let timed = |one: &Drained| one.counted.last.is_some_and(|last| last >= begun) == (one.counted.operations() > 0);
    assert!(drained.iter().all(timed), "whoever is counted has a time");
    for n in 0..50 {
        let told: u64 = drained.iter().filter(|one| one.pair == pair(n)).map(|one| one.counted.operations()).sum();
        let wanted = (0..THREADS).map(|thread| (0..EACH).filter(|at| (at * 7 + thread) % 50 == n).count());
        assert_eq!(told, wanted.sum::<usize>() as u64, "of the key {n}");
    }
}

#[test]
fn pairs_without_operations_are_forgotten_and_come_back() {
    let counts = Counts::forgetting_after(3);
    let known = |counts: &Counts| counts.shards.iter().map(|shard| shard.load().len()).sum::<usize>();
    record(&counts, pair(1), Outcome::Gone);
    record(&counts, pair(9), Outcome::Gone);
    assert_eq!((counts.drain().len(), known(&counts)), (2, 2));
    for _ in 0..3 {
        record(&counts, pair(9), Outcome::Gone);
        assert_eq!(counts.drain().len(), 1);
    }
    assert_eq!(known(&counts), 1);
    counts.drain();
    assert!(counts.retired.lock().unwrap().is_empty());
    record(&counts, pair(1), Outcome::Gone);
    let back = counts.drain();
    assert_eq!((back.len(), back[0].pair, back[0].counted.gone), (1, pair(1), 1));
}

#[test]
fn the_last_operation_is_known_by_its_time() {
    let counts = Counts::default();
    let before = Instant::now();
    record(&counts, pair(1), Outcome::Failed { code: "P1001", bytes: 0 });
    let last = counts.drain()[0].counted.last.unwrap();
    assert!(last + Duration::from_millis(1) >= before && last <= Instant::now());
}
