//! Where changes are missing, it is said.

use pulse::{
    capture::{GapReason, Phase, Tidings},
    setup::{self, Tables},
};

use super::{Running, first};
use crate::{
    ledger::Ledger,
    world::{World, cluster},
};

async fn captured(world: &World, ledger: &Ledger, fence: u64, count: usize) {
    let running = Running::start(world, ledger, fence);
    running.streaming().await;
    ledger.until("what was told so far", |state| state.order.len() >= count).await;
}

#[tokio::test]
async fn a_dropped_slot_and_one_that_somebody_read() {
    let world = World::prepared("create table t (id int primary key)").await;
    let ledger = Ledger::new();
    world.execute("insert into t values (1)").await;
    captured(&world, &ledger, 1, 1).await;

    setup::drop_slot(&world.dialer, &world.target, &world.names.slot).await.unwrap();
    world.execute("insert into t values (2)").await;
    let running = Running::start(&world, &ledger, 2);
    let mut live = running.capture.live.subscribe();
    running.streaming().await;
    world.execute("insert into t values (3)").await;
    ledger.until("behind the gap", |state| state.order.len() == 2).await;
    let gap = ledger.with(|state| state.gaps.clone())[0];
    assert_eq!((gap.reason, gap.epoch), (GapReason::SlotMissing, 2));
    assert_eq!(live.next().await, Ok(Tidings::Gap(gap)));
    drop(running);

    setup::end_walsender(&world.dialer, &world.target, &world.names.slot).await.unwrap();
    world.execute("insert into t values (4)").await;
    world
        .execute(&format!(
            "do $$ begin while exists (select from pg_replication_slots where slot_name = '{0}' and active) loop
                 perform pg_sleep(0.05); end loop; end $$",
            world.names.slot
        ))
        .await;
    world.execute(&format!("select pg_replication_slot_advance('{}', pg_current_wal_lsn())", world.names.slot)).await;
    let running = Running::start(&world, &ledger, 3);
    running.streaming().await;
    world.execute("insert into t values (5)").await;
    ledger.until("behind the gap", |state| state.order.len() == 3).await;
    assert_eq!(ledger.with(|state| state.gaps[1].reason), GapReason::SlotMoved);
    ledger.assert_ordered();
    ledger.with(|state| assert_eq!(state.changes.values().map(first).collect::<Vec<_>>(), ["1", "3", "5"]));
}

#[tokio::test]
async fn a_slot_whose_log_is_gone() {
    let mut cluster = cluster();
    cluster.restart(&[("max_slot_wal_keep_size", "1MB"), ("max_wal_size", "32MB"), ("min_wal_size", "32MB")]).unwrap();
    let world = World::of(&cluster).await;
    world.execute("create table t (id int primary key)").await;
    world.prepare().await;
    let ledger = Ledger::new();
    world.execute("insert into t values (1)").await;
    captured(&world, &ledger, 1, 1).await;
    for _ in 0..6 {
        world
            .execute("select pg_logical_emit_message(false, 'fill', repeat('x', 1000000)) from generate_series(1, 16)")
            .await;
        world.execute("select pg_switch_wal()").await;
        world.execute("checkpoint").await;
    }
    let lost = setup::slot_status(&world.dialer, &world.target, &world.names.slot).await.unwrap().unwrap();
    assert_eq!(lost.wal, setup::WalStatus::Lost, "{lost:?}");
    let running = Running::start(&world, &ledger, 2);
    running.streaming().await;
    world.execute("insert into t values (2)").await;
    ledger.until("behind the gap", |state| state.order.len() == 2).await;
    assert_eq!(ledger.with(|state| state.gaps[0].reason), GapReason::SlotLost);
}

#[tokio::test]
async fn a_publication_that_was_gone_for_a_while() {
    let world = World::prepared("create table t (id int primary key)").await;
    let ledger = Ledger::new();
    let running = Running::start(&world, &ledger, 1);
    running.streaming().await;
    let (dialer, target, name) = (&world.dialer, &world.target, &world.names.publication);
    setup::drop_publication(dialer, target, name).await.unwrap();
    world.execute("insert into t values (1)").await;
    running.until(|phase| matches!(phase, Phase::SourceFails(_))).await;
    setup::create_publication(dialer, target, name, &Tables::All).await.unwrap();
    ledger.until("the gap", |state| !state.gaps.is_empty()).await;
    running.streaming().await;
    world.execute("insert into t values (2)").await;
    ledger.until("behind the gap", |state| state.order.len() == 1).await;
}
