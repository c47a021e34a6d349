//! Whatever dies, nothing is missed.

use std::{sync::Arc, time::Duration};

use pulse::{
    Error,
    capture::{Phase, Settings, Tidings},
    setup,
    source::Pace,
};

use super::{Running, first};
use crate::{
    ledger::Ledger,
    partition::Network,
    world::{World, cluster},
};

/// Commits the numbers from 1 on, one or a few a transaction, until `most`; goes on where the database says it is after each failure.
async fn write(world: &World, most: i32) {
    while let Err(_unanswered) = attempt(world, most).await {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn attempt(world: &World, most: i32) -> Result<(), ()> {
    let connected = world.dialer.connect(&world.target).await.map_err(drop)?;
    loop {
        let row = connected.client.query_one("select coalesce(max(id), 0) from t", &[]).await.map_err(drop)?;
        let last: i32 = row.get(0);
        if last >= most {
            return Ok(());
        }
        // Every tenth transaction is large enough to be streamed before its commit.
        let count = if last % 10 == 0 { 1500 } else { 7 };
        let sql =
            format!("insert into t select n, repeat('x', 60) from generate_series({}, {}) n", last + 1, last + count);
        connected.client.batch_execute(&sql).await.map_err(drop)?;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_killed_again_and_again() {
    let mut cluster = cluster();
    let world = Arc::new(World::of(&cluster).await);
    world.execute("create table t (id int primary key, a text)").await;
    world.prepare().await;
    let ledger = Ledger::new();
    let running = Running::start(&world, &ledger, 1);
    running.streaming().await;
    let mut live = running.capture.live.subscribe();
    let listener = tokio::spawn(async move {
        let mut heard = Vec::new();
        while heard.last() != Some(&"0".to_owned()) {
            let Tidings::Changes(batch) = live.next().await.unwrap() else { panic!("a gap") };
            heard.extend(batch.changes.iter().map(first));
        }
        heard
    });
    let writer = tokio::spawn({
        let world = Arc::clone(&world);
        async move { write(&world, 40_000).await }
    });
    for kill in 1..=4 {
        ledger.until("some more", |state| state.order.len() > kill * 2000).await;
        tokio::task::block_in_place(|| {
            cluster.kill9().unwrap();
            cluster.restart(&[]).unwrap();
        });
    }
    writer.await.unwrap();
    let connected = world.dialer.connect(&world.target).await.unwrap();
    let row = connected.client.query_one("select count(*)::int, max(id) from t", &[]).await.unwrap();
    let (rows, last): (i32, i32) = (row.get(0), row.get(1));
    assert_eq!(rows, last);
    world.execute("insert into t values (0)").await;
    ledger.until("all rows", |state| state.order.len() > last as usize).await;
    ledger.assert_ordered();
    // Who listens hears each once, though the database has told some twice.
    let all: Vec<_> = (1..=last).chain([0]).map(|number| number.to_string()).collect();
    assert!(listener.await.unwrap() == all, "a listener missed some, or heard some twice");
    ledger.with(|state| {
        let numbers: Vec<_> = state.changes.values().map(|change| first(change).parse::<i32>().unwrap()).collect();
        assert!(numbers.iter().copied().eq((1..=last).chain([0])), "{} of {last}", numbers.len());
        assert!(state.gaps.is_empty(), "{:?}", state.gaps);
    });
}

#[tokio::test]
async fn a_capture_that_is_stopped_anywhere_goes_on_where_the_journal_stands() {
    let world = Arc::new(World::prepared("create table t (id int primary key, a text)").await);
    let ledger = Ledger::new();
    let writer = tokio::spawn({
        let world = Arc::clone(&world);
        async move { write(&world, 20_000).await }
    });
    for run in 1..=10 {
        let _running = Running::start(&world, &ledger, run);
        ledger.until("some more", |state| state.order.len() > run as usize * 1000).await;
    }
    writer.await.unwrap();
    let _running = Running::start(&world, &ledger, 11);
    ledger.until("all rows", |state| state.order.len() >= 20_000).await;
    ledger.assert_ordered();
    ledger.with(|state| {
        let numbers = state.changes.values().map(|change| first(change).parse::<usize>().unwrap());
        assert!(numbers.eq(1..=state.order.len()));
        assert!(state.gaps.is_empty(), "{:?}", state.gaps);
    });
}

#[tokio::test]
async fn who_holds_the_newer_lease_takes_the_slot() {
    let world = World::prepared("create table t (id int primary key)").await;
    let ledger = Ledger::new();
    let old = Running::start(&world, &ledger, 1);
    old.streaming().await;
    world.execute("insert into t values (1)").await;
    ledger.until("the first", |state| state.order.len() == 1).await;
    let new = Running::start(&world, &ledger, 2);
    new.streaming().await;
    old.until(|phase| *phase == Phase::Fenced).await;
    world.execute("insert into t values (2)").await;
    ledger.until("the second", |state| state.order.len() == 2).await;
    assert!(new.capture.status.borrow().phase == Phase::Streaming);
    drop((old, new));
    assert_eq!(setup::drop_slot(&world.dialer, &world.target, &world.names.slot).await, Ok(true));
}

#[tokio::test]
async fn a_network_that_is_cut_is_noticed_and_nothing_is_missed() {
    let mut world = World::prepared("create table t (id int primary key)").await;
    let (direct, address) = (world.target.clone(), world.address());
    let network = Network::to(address).await;
    world.target = world.through(network.address);
    let ledger = Ledger::new();
    let pace = Pace { feedback: Duration::from_millis(200), silence: Duration::from_secs(2) };
    let running = Running::with(&world, &ledger, 1, Settings { pace, ..Settings::default() });
    running.streaming().await;
    world.target = direct;
    world.execute("insert into t values (1)").await;
    ledger.until("the first", |state| state.order.len() == 1).await;
    network.cut(true);
    world.execute("insert into t values (2)").await;
    running.until(|phase| *phase == Phase::SourceFails(Error::Silent)).await;
    network.cut(false);
    world.execute("insert into t values (3)").await;
    ledger.until("all", |state| state.order.len() == 3).await;
    ledger.assert_ordered();
    assert!(ledger.with(|state| state.gaps.is_empty()));
}
