//! Interactive transactions.

use crate::proxy::Proxy;
use crate::world::{RESOURCE, World};
use accelerate::{Access, Class, End, Limits, Start};
use serde_json::json;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

fn start(timeout_ms: f64) -> Start {
    Start { timeout: Some(timeout_ms), max_wait: Some(1000.0), ..Start::default() }
}

#[tokio::test]
async fn it_ends_by_commit_rollback_or_its_time() {
    let world = World::new().await;
    world.execute("create table t (a int)").await;
    let insert = &["insert into t values (1)"][..];
    for (end, rows) in [(End::RolledBack, 0), (End::Committed, 1)] {
        let id = world.gateway.start(RESOURCE, Access::Full, start(5000.0)).await.unwrap();
        world.raw_in(Access::Full, Some(&id), insert).await.unwrap();
        world.gateway.end(RESOURCE, Access::Full, &id, end).await.unwrap();
        assert_eq!(world.look("select count(*) from t").await, rows, "{end:?}");
        let after = world.raw_in(Access::Full, Some(&id), insert).await.unwrap_err();
        assert_eq!((&*after.code, after.class), ("P2028", Class::Transaction));
        let word = if end == End::Committed { "on a committed transaction" } else { "that was rolled back" };
        assert!(after.message.contains(word), "{after}");
    }
    let id = world.gateway.start(RESOURCE, Access::Full, start(50.0)).await.unwrap();
    world.raw_in(Access::Full, Some(&id), insert).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let after = world.gateway.end(RESOURCE, Access::Full, &id, End::Committed).await.unwrap_err();
    assert!(after.message.contains("expired transaction. The timeout for this transaction was 50 ms"), "{after}");
    assert_eq!(after.meta["timeout"], json!(50));
    assert_eq!(world.look("select count(*) from t").await, 1);
    let unknown = world.raw_in(Access::Full, Some("nothing"), insert).await.unwrap_err();
    assert!(unknown.message.contains("Transaction not found"), "{unknown}");
}

#[tokio::test]
async fn it_is_of_the_access_that_began_it() {
    let world = World::new().await;
    let id = world.gateway.start(RESOURCE, Access::Full, start(5000.0)).await.unwrap();
    assert!(world.raw_in(Access::ReadOnly, Some(&id), &["select 1"]).await.is_err());
    assert!(world.raw_in(Access::Full, Some(&id), &["select 1"]).await.is_ok());
}

#[tokio::test]
async fn a_full_pool_is_told_in_time() {
    let world =
        World::with(Limits { connections: 1, connection_wait: Duration::from_millis(100), ..Limits::default() }).await;
    let id = world.gateway.start(RESOURCE, Access::Full, start(5000.0)).await.unwrap();
    let late = world.gateway.start(RESOURCE, Access::Full, Start { max_wait: Some(50.0), ..Start::default() }).await;
    assert!(late.unwrap_err().message.contains("Unable to start a transaction in the given time."));
    assert_eq!(world.raw(Access::Full, &["select 1"]).await.unwrap_err().code, "P2024");
    assert!(world.raw(Access::ReadOnly, &["select 1"]).await.is_ok(), "keys that read have connections of their own");
    world.gateway.end(RESOURCE, Access::Full, &id, End::RolledBack).await.unwrap();
    assert!(world.raw(Access::Full, &["select 1"]).await.is_ok());
}

#[tokio::test]
async fn a_slow_query_is_stopped_in_the_database_too() {
    let world = World::with(Limits { query_timeout: Duration::from_millis(200), ..Limits::default() }).await;
    let slow = world.raw(Access::Full, &["select pg_sleep(30)::text"]).await.unwrap_err();
    assert_eq!((&*slow.code, slow.class), ("P6004", Class::Limit));
    world.wait_for(SLEEPS, 0).await;
}

#[tokio::test]
async fn an_answer_has_a_bound() {
    let world = World::with(Limits { response_bytes: 10_000, ..Limits::default() }).await;
    let large = world.raw(Access::Full, &["select repeat('x', 100) as x from generate_series(1, 1000)"]).await;
    assert_eq!(large.unwrap_err().code, "P6009");
    let row = world.raw(Access::Full, &["select repeat('x', 300000000) as x"]).await;
    assert_eq!(row.unwrap_err().code, "P6009");
    assert!(world.raw(Access::Full, &["select 1"]).await.is_ok());
}

const SLEEPS: &str = "select count(*) from pg_stat_activity where query like '%pg_sleep(30)%' and state = 'active' and pid <> pg_backend_pid() and datname = current_database()";

/// By its time limit, or since its client hung up: the transaction ends with it, at once and not when somebody asks for it the next time.
#[tokio::test]
async fn a_request_that_is_cut_off_ends_its_transaction() {
    let limits = Limits { connections: 1, query_timeout: Duration::from_millis(500), ..Limits::default() };
    let world = World::with(limits).await;
    world.execute("create table t (a int primary key)").await;
    for hangs_up in [false, true] {
        let id = world.gateway.start(RESOURCE, Access::Full, start(60_000.0)).await.unwrap();
        world.raw_in(Access::Full, Some(&id), &["insert into t values (1)"]).await.unwrap();
        let slow = world.raw_in(Access::Full, Some(&id), &["select 'first', pg_sleep(30)::text"]);
        if hangs_up {
            assert!(tokio::time::timeout(Duration::from_millis(200), slow).await.is_err());
        } else {
            assert_eq!(slow.await.unwrap_err().code, "P6004");
        }
        assert_eq!(
            world.raw(Access::Full, &["select 1 as n"]).await.unwrap()["rows"],
            json!([[1]]),
            "its place is free"
        );
        world.wait_for(SLEEPS, 0).await;
        world.raw(Access::Full, &["insert into t values (1)"]).await.expect("its locks are free");
        world.raw(Access::Full, &["delete from t"]).await.unwrap();
        let next = world.raw_in(Access::Full, Some(&id), &["select 'second'"]).await.unwrap_err();
        assert_eq!((&*next.code, next.class), ("P2028", Class::Transaction));
        assert!(next.message.contains("A query cannot be executed on a transaction that was rolled back"), "{next}");
        let commit = world.gateway.end(RESOURCE, Access::Full, &id, End::Committed).await.unwrap_err();
        assert!(
            commit.message.contains("A commit cannot be executed on a transaction that was rolled back"),
            "{commit}"
        );
    }
}

/// A statement that fails, and an answer that is too long, end nothing that Postgres would not end.
#[tokio::test]
async fn a_request_that_fails_leaves_its_transaction_to_the_client() {
    let world = World::with(Limits { connections: 1, response_bytes: 10_000, ..Limits::default() }).await;
    let id = world.gateway.start(RESOURCE, Access::Full, start(60_000.0)).await.unwrap();
    assert_eq!(world.raw_in(Access::Full, Some(&id), &["select 1 / 0"]).await.unwrap_err().code, "P2010");
    let failed = world.raw_in(Access::Full, Some(&id), &["select 1"]).await.unwrap_err();
    assert!(failed.message.contains("25P02"), "{failed}");
    world.gateway.end(RESOURCE, Access::Full, &id, End::RolledBack).await.unwrap();
    // A connection that was lost over its answer is not held until the transaction's time.
    let id = world.gateway.start(RESOURCE, Access::Full, start(60_000.0)).await.unwrap();
    let long = world.raw_in(Access::Full, Some(&id), &["select repeat('x', 20000)"]).await;
    assert_eq!(long.unwrap_err().code, "P6009");
    assert!(world.raw(Access::Full, &["select 1"]).await.is_ok());
}

/// A database that falls silent holds nobody for ever: what nobody confirmed is told so, and places come back.
#[tokio::test]
async fn a_silent_database_holds_no_end_of_a_transaction() {
    let limits = Limits { connections: 1, query_timeout: Duration::from_millis(300), ..Limits::default() };
    let world = World::with(limits).await;
    world.execute("create table t (a int)").await;
    let proxy = Proxy::before(&world).await;
    for (end, timeout) in [(Some(End::Committed), 60_000.0), (Some(End::RolledBack), 60_000.0), (None, 400.0)] {
        let id = world.gateway.start(RESOURCE, Access::Full, start(timeout)).await.unwrap();
        world.raw_in(Access::Full, Some(&id), &["insert into t values (1)"]).await.unwrap();
        proxy.is_silent.store(true, Ordering::Relaxed);
        let begun = Instant::now();
        match end {
            Some(end) => {
                let outcome = world.gateway.end(RESOURCE, Access::Full, &id, end).await;
                assert_eq!(outcome.is_err(), end == End::Committed);
                if let Err(error) = outcome {
                    assert_eq!((&*error.code, error.class), ("P6004", Class::Limit));
                    assert!(error.message.contains("Whether the transaction was committed is unknown"), "{error}");
                }
            }
            None => tokio::time::sleep(Duration::from_millis(1000)).await,
        }
        assert!(begun.elapsed() < Duration::from_secs(5), "{end:?}: {:?}", begun.elapsed());
        proxy.is_silent.store(false, Ordering::Relaxed);
        assert!(world.raw(Access::Full, &["select 1"]).await.is_ok(), "its place is free after {end:?}");
    }
}

#[tokio::test]
async fn no_number_of_a_client_is_too_large() {
    let world = World::new().await;
    let large = Start { timeout: Some(1e300), max_wait: Some(f64::MAX), ..Start::default() };
    let id = world.gateway.start(RESOURCE, Access::Full, large).await.unwrap();
    world.gateway.end(RESOURCE, Access::Full, &id, End::RolledBack).await.unwrap();
}
