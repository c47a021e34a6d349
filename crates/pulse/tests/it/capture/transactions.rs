//! Transactions with parts that are rolled back, and tables with parts.

use super::{Running, first};
use crate::{ledger::Ledger, world::World};

/// Enough to be streamed before the commit.
const MANY: &str = "repeat('x', 100) from generate_series(1, 2000) n";

#[tokio::test]
async fn a_table_that_only_a_rolled_back_part_has_named_is_known_behind_it() {
    let world = World::prepared("create table t (id int primary key, a text)").await;
    let ledger = Ledger::new();
    let running = Running::start(&world, &ledger, 1);
    running.streaming().await;
    world
        .execute(&format!(
            "begin; savepoint s; insert into t select n, {MANY}; rollback to s; insert into t select 10000 + n, {MANY}; commit"
        ))
        .await;
    ledger.until("what is left", |state| state.order.len() == 2000).await;
    ledger.with(|state| assert!(state.changes.values().map(first).eq((10_001..=12_000).map(|id| id.to_string()))));
}

#[tokio::test]
async fn columns_that_were_added_and_rolled_back_are_gone_in_the_rest() {
    let world = World::prepared("create table t (id int primary key, a text)").await;
    let ledger = Ledger::new();
    let running = Running::start(&world, &ledger, 1);
    running.streaming().await;
    world
        .execute(&format!(
            "begin; insert into t select n, {MANY}; savepoint s; alter table t add b int default 7;
             insert into t select 10000 + n, {MANY}; savepoint inner_one; insert into t select 20000 + n, {MANY};
             rollback to s; insert into t select 30000 + n, {MANY}; commit"
        ))
        .await;
    // The table as it is in another transaction is that of before, too.
    world.execute("insert into t values (0, 'x')").await;
    ledger.until("what is left", |state| state.order.len() == 4001).await;
    ledger.assert_ordered();
    ledger.with(|state| {
        let rows = (1..=2000).chain(30_001..=32_000).chain([0]).map(|id| id.to_string());
        assert!(state.changes.values().map(first).eq(rows));
        assert!(state.changes.values().all(|change| change.table.relation().columns.len() == 2));
    });
}

#[tokio::test]
async fn transactions_that_run_at_once_come_in_the_order_of_their_commits() {
    let world = World::prepared("create table t (id int primary key, a text)").await;
    let ledger = Ledger::new();
    let running = Running::start(&world, &ledger, 1);
    running.streaming().await;
    let (one, two) =
        (world.dialer.connect(&world.target).await.unwrap(), world.dialer.connect(&world.target).await.unwrap());
    one.client.batch_execute(&format!("begin; insert into t select n, {MANY}")).await.unwrap();
    two.client.batch_execute(&format!("begin; insert into t select 10000 + n, {MANY}")).await.unwrap();
    one.client.batch_execute(&format!("insert into t select 5000 + n, {MANY}")).await.unwrap();
    two.client.batch_execute("commit").await.unwrap();
    world.execute("insert into t values (0)").await;
    one.client.batch_execute("commit").await.unwrap();
    ledger.until("all rows", |state| state.order.len() == 6001).await;
    ledger.assert_ordered();
    ledger.with(|state| {
        let rows = (10_001..=12_000).chain([0]).chain(1..=2000).chain(5001..=7000).map(|id| id.to_string());
        assert!(state.changes.values().map(first).eq(rows));
    });
}

#[tokio::test]
async fn a_partitioned_table_is_told_of_by_its_own_name() {
    let world = World::prepared(
        "create table t (id int primary key) partition by range (id);
         create table low partition of t for values from (0) to (100); create table high partition of t default",
    )
    .await;
    let ledger = Ledger::new();
    let _running = Running::start(&world, &ledger, 1);
    world.execute("insert into t values (1), (1000); update t set id = 2 where id = 1; delete from t").await;
    ledger.until("all changes", |state| state.order.len() == 5).await;
    ledger.with(|state| assert!(state.changes.values().all(|change| &*change.table.relation().name == "t")));
}
