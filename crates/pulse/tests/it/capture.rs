//! Changes on their way to a journal and to those who listen.

mod events;
mod failures;
mod gaps;
mod transactions;

use std::{sync::Arc, time::Duration};

use pulse::{
    Subscription,
    capture::{Capture, Dropped, Fence, Live, Phase, Settings, Tidings},
    events::{Action, Change},
    pgoutput::{Cell, Message, decode},
};
use serde_json::{Value as Json, json};
use tokio::task::JoinHandle;

use crate::{ledger::Ledger, world::World};

/// A capture that runs until it is dropped.
pub struct Running {
    pub capture: Arc<Capture<Ledger>>,
    task: JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Running {
    pub fn start(world: &World, ledger: &Ledger, fence: u64) -> Self {
        let settings = Settings { spill_memory: 10_000, advance: Duration::from_millis(500), ..Settings::default() };
        Self::ringed(world, ledger, fence, settings, 4096)
    }

    pub fn with(world: &World, ledger: &Ledger, fence: u64, settings: Settings) -> Self {
        Self::ringed(world, ledger, fence, settings, 64)
    }

    fn ringed(world: &World, ledger: &Ledger, fence: u64, settings: Settings, ring: usize) -> Self {
        let capture = Arc::new(Capture {
            dialer: Arc::clone(&world.dialer),
            target: world.target.clone(),
            names: world.names.clone(),
            journal: ledger.clone(),
            fence: Fence(fence),
            live: Live::new(ring),
            settings,
            status: Default::default(),
        });
        let task = tokio::spawn({
            let capture = Arc::clone(&capture);
            async move { capture.run().await }
        });
        Self { capture, task }
    }

    pub async fn until(&self, phase: impl Fn(&Phase) -> bool) {
        let mut status = self.capture.status.subscribe();
        let waited =
            tokio::time::timeout(Duration::from_secs(60), status.wait_for(|status| phase(&status.phase))).await;
        assert!(waited.is_ok(), "{:?}", self.capture.status.borrow());
    }

    pub async fn streaming(&self) {
        self.until(|phase| *phase == Phase::Streaming).await;
    }
}

/// The first column of the row that a change makes, or has taken away.
pub fn first(change: &Change) -> String {
    let (tag, body) = change.encoded();
    let text = |cell: Option<Cell<'_>>| match cell {
        Some(Cell::Text(text)) => text.to_owned(),
        other => format!("{other:?}"),
    };
    match decode(tag, body).unwrap() {
        Message::Insert { new, .. } | Message::Update { new, .. } => text(new.cells().next()),
        Message::Delete { old: pulse::pgoutput::Old::Key(old) | pulse::pgoutput::Old::Row(old), .. } => {
            text(old.cells().next())
        }
        other => format!("{other:?}"),
    }
}

/// A subscription to a model `T` of `t` with `id Int`.
pub fn subscription(filters: &Json) -> Subscription {
    let model = json!({ "dbName": "t", "fields": [{ "name": "id", "kind": "scalar", "type": "Int" }] });
    let header = json!({ "modelName": "T", "model": model, "where": filters });
    Subscription::parse(&header.to_string(), "public").unwrap()
}

#[tokio::test]
async fn a_transaction_of_a_hundred_thousand_rows_is_streamed_in_order_without_what_was_rolled_back() {
    let world = World::prepared("create table t (id int primary key, a text)").await;
    let ledger = Ledger::new();
    let running = Running::start(&world, &ledger, 1);
    running.streaming().await;
    // Another one is committed while it streams, and one is rolled back after it has streamed.
    world
        .execute(
            "begin; insert into t select n, repeat('x', 50) from generate_series(1, 60000) n; savepoint s;
             insert into t select n, repeat('y', 50) from generate_series(900001, 920000) n; rollback to s;
             insert into t select n, repeat('z', 50) from generate_series(60001, 100000) n; commit",
        )
        .await;
    world.execute("begin; insert into t select n from generate_series(500001, 520000) n; rollback").await;
    world.execute("insert into t values (-1)").await;
    ledger.until("all rows", |state| state.order.len() == 100_001).await;
    ledger.assert_ordered();
    ledger.with(|state| {
        for (number, change) in state.changes.values().enumerate().take(100_000) {
            assert_eq!(first(change), (number + 1).to_string());
            assert_eq!(change.id.index, number as u64);
        }
        assert_eq!(state.repeats, 0);
        let most = Settings::default().batch_changes;
        assert!(state.largest <= most && state.batches >= 100, "{} {}", state.largest, state.batches);
    });
    // Everything is durable, so the database may forget its log.
    let end = ledger.with(|state| state.position.clone()).unwrap().through;
    assert!(end.0 > 0);
    loop {
        let slot = pulse::setup::slot_status(&world.dialer, &world.target, &world.names.slot).await.unwrap().unwrap();
        if slot.confirmed >= end {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_slow_subscriber_is_dropped_with_its_reason_and_slows_nobody() {
    let world = World::prepared("create table t (id int primary key)").await;
    let ledger = Ledger::new();
    let settings = Settings { batch_changes: 10, ..Settings::default() };
    let running = Running::with(&world, &ledger, 1, settings);
    running.streaming().await;
    let (mut slow, mut quick) = (running.capture.live.subscribe(), running.capture.live.subscribe());
    let reader = tokio::spawn(async move {
        let (mut subscription, mut ids) = (subscription(&json!({ "create": { "id": { "gt": 0 } } })), Vec::new());
        while ids.len() < 3000 {
            let Tidings::Changes(batch) = quick.next().await.unwrap() else { panic!("a gap") };
            for change in &batch.changes {
                ids.extend(subscription.event(change).unwrap().map(|event| event.id));
            }
        }
        ids
    });
    for begin in 0..3 {
        world.execute(&format!("insert into t select {begin} * 1000 + n from generate_series(1, 1000) n")).await;
        ledger.until("the journal has them", |state| state.order.len() == (begin + 1) * 1000).await;
    }
    let heard = reader.await.unwrap();
    assert_eq!(heard, ledger.with(|state| state.order.clone()));
    // Who takes nothing is told how much it missed.
    let mut taken = 0;
    let dropped = loop {
        match slow.next().await {
            Ok(_) => taken += 1,
            Err(dropped) => break dropped,
        }
    };
    assert!(matches!(dropped, Dropped::TooSlow { missed } if missed > 200), "{dropped:?} {taken}");
}

#[tokio::test]
async fn a_journal_that_stalls_stops_the_reading_and_not_the_connection() {
    let world = World::prepared("create table t (id int primary key, a text)").await;
    let ledger = Ledger::new();
    let running = Running::with(&world, &ledger, 1, Settings { batch_changes: 100, ..Settings::default() });
    running.streaming().await;
    ledger.with(|state| state.is_stalled = true);
    world.execute("insert into t select n, repeat('x', 100) from generate_series(1, 20000) n").await;
    world.execute("insert into t values (0)").await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    let handed = running.capture.status.borrow().changes;
    assert!(handed <= 200, "{handed} changes were handed on while nothing was durable");
    assert!(
        pulse::setup::slot_status(&world.dialer, &world.target, &world.names.slot).await.unwrap().unwrap().is_active
    );
    ledger.with(|state| state.is_stalled = false);
    ledger.until("all rows", |state| state.order.len() == 20_001).await;
    assert_eq!(ledger.with(|state| state.repeats), 0);
    // And one that fails is tried again, from where it stood.
    ledger.with(|state| state.failures = 3);
    world.execute("insert into t select n from generate_series(30001, 30010) n").await;
    ledger.until("all rows", |state| state.order.len() == 20_011).await;
    ledger.assert_ordered();
}

#[tokio::test]
async fn a_change_that_is_too_large_is_left_out_and_counted_and_the_others_keep_their_places() {
    let world = World::prepared("create table t (id int primary key, a text)").await;
    let ledger = Ledger::new();
    let running = Running::with(&world, &ledger, 1, Settings { change_most: 20_000, ..Settings::default() });
    running.streaming().await;
    // Compressed it is small enough to come with its commit; the other is streamed before.
    world.execute("insert into t values (1, 'x'), (2, repeat('x', 50000)), (3, 'x')").await;
    world
        .execute(
            "create table filler (id int); insert into t values (4, 'x');
             insert into t select 5, string_agg(md5(n::text), '') from generate_series(1, 20000) n;
             insert into filler select generate_series(1, 2000); insert into t values (-6, 'x')",
        )
        .await;
    ledger.until("the others", |state| state.changes.values().any(|change| first(change) == "-6")).await;
    let status = running.capture.status.borrow().clone();
    assert_eq!(status.oversized, 2);
    ledger.with(|state| {
        let rows = state.changes.values().filter(|change| &*change.table.relation().name == "t");
        let rows: Vec<_> = rows.map(|change| (first(change), change.id.index)).collect();
        let row = |id: &str, index| (id.to_owned(), index);
        assert_eq!(rows, [row("1", 0), row("3", 2), row("4", 0), row("-6", 2002)]);
    });
}

#[tokio::test]
async fn a_database_may_forget_its_log_though_nothing_of_it_is_published() {
    let world = World::new().await;
    world.execute("create table unpublished (id int)").await;
    let (dialer, target, names) = (&world.dialer, &world.target, &world.names);
    let nothing = pulse::setup::Tables::Chosen(vec![]);
    pulse::setup::create_publication(dialer, target, &names.publication, &nothing).await.unwrap();
    let ledger = Ledger::new();
    let running = Running::start(&world, &ledger, 1);
    running.streaming().await;
    let begun = running.capture.status.borrow().durable;
    for _ in 0..3 {
        world.execute("insert into unpublished select generate_series(1, 1000)").await;
        ledger.until("the log goes on", |state| state.position.as_ref().is_some_and(|at| at.through.0 > begun.0)).await;
    }
    loop {
        let slot = pulse::setup::slot_status(dialer, target, &names.slot).await.unwrap().unwrap();
        if slot.confirmed > begun && slot.confirmed <= ledger.with(|state| state.position.clone()).unwrap().through {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn tables_change_and_are_emptied_in_the_middle_and_two_databases_do_not_mix() {
    let (one, two) = (
        World::prepared("create table t (id int primary key); create table u (id int primary key)").await,
        World::prepared("create table t (id int primary key)").await,
    );
    let (first_ledger, second_ledger) = (Ledger::new(), Ledger::new());
    let (first_running, _second) = (Running::start(&one, &first_ledger, 1), Running::start(&two, &second_ledger, 1));
    first_running.streaming().await;
    let mut live = first_running.capture.live.subscribe();
    one.execute("insert into t values (1)").await;
    one.execute(
        "alter table t add note text default 'n'; insert into t values (2); alter table t drop note, add more int",
    )
    .await;
    one.execute("insert into t values (3, 4)").await;
    one.execute("alter table t rename to moved; alter table u rename to t").await;
    one.execute("insert into t values (5); insert into moved values (6)").await;
    one.execute("truncate t, moved").await;
    two.execute("insert into t values (100)").await;
    first_ledger.until("all changes", |state| state.order.len() == 7).await;
    second_ledger.until("its own", |state| state.order.len() == 1).await;
    let columns = |change: &Change| change.table.relation().columns.len();
    first_ledger.with(|state| {
        let changes: Vec<_> = state.changes.values().collect();
        assert_eq!(changes.iter().map(|change| columns(change)).collect::<Vec<_>>()[..5], [1, 2, 2, 1, 2]);
        assert_eq!(changes[5].action, Action::Truncate);
        assert_eq!((changes[5].id.index, changes[6].id.index), (0, 1));
    });
    // The subscriber follows the name of the table, and is told of no emptying.
    let (mut subscription, mut events, mut seen) = (subscription(&json!(null)), Vec::new(), 0);
    while seen < 7 {
        let Tidings::Changes(batch) = live.next().await.unwrap() else { panic!("a gap") };
        seen += batch.changes.len();
        for change in &batch.changes {
            let event = subscription.event(change).unwrap();
            events
                .extend(event.map(|event| serde_json::from_str::<Json>(&event.json).unwrap()["created"]["id"].clone()));
        }
    }
    assert_eq!(events, [1, 2, 3, 5]);
}
