//! What a request leaves in its session is gone before the next one has it.

use crate::proxy::Proxy;
use crate::world::{RESOURCE, World};
use accelerate::{Access, End, Limits, Start};
use serde_json::json;
use std::sync::atomic::Ordering;

const LOCKS: &str = "select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())";

#[tokio::test]
async fn advisory_locks_are_given_back() {
    let world = World::with(Limits { connections: 1, ..Limits::default() }).await;
    let lock = "select pg_advisory_lock(7)::text";
    let hidden = "select query_to_xml('select pg_advi' || 'sory_lock(8)', true, true, '')";
    for (access, sql) in [(Access::Full, lock), (Access::ReadOnly, lock), (Access::ReadOnly, hidden)] {
        world.raw(access, &[sql]).await.unwrap();
        assert_eq!(world.look(LOCKS).await, 0, "{access:?} {sql}");
        for end in [End::Committed, End::RolledBack] {
            let id = world.gateway.start(RESOURCE, access, Start::default()).await.unwrap();
            world.raw_in(access, Some(&id), &[sql]).await.unwrap();
            assert_eq!(world.look(LOCKS).await, 1, "until the transaction ends");
            world.gateway.end(RESOURCE, access, &id, end).await.unwrap();
            assert_eq!(world.look(LOCKS).await, 0, "{access:?} {sql} {end:?}");
        }
    }
}

#[tokio::test]
async fn channels_and_temporary_tables_are_too() {
    let world = World::with(Limits { connections: 1, ..Limits::default() }).await;
    for _ in 0..2 {
        world.raw(Access::Full, &["listen news", "create temp table t (a int)"]).await.unwrap();
        let left = "select count(*)::int as n from pg_listening_channels()";
        assert_eq!(world.raw(Access::Full, &[left]).await.unwrap()["rows"], json!([[0]]));
    }
}

/// Nobody else pays for it.
#[tokio::test]
async fn an_ordinary_query_is_one_exchange() {
    let world = World::with(Limits { connections: 1, ..Limits::default() }).await;
    let proxy = Proxy::before(&world).await;
    for (access, exchanges) in [(Access::Full, 1), (Access::ReadOnly, 2)] {
        for _ in 0..3 {
            world.raw(access, &["select 'a listener'"]).await.unwrap();
        }
        let before = proxy.asked.load(Ordering::Relaxed);
        world.raw(access, &["select 'a listener'"]).await.unwrap();
        assert_eq!(proxy.asked.load(Ordering::Relaxed) - before, exchanges, "{access:?}");
    }
}
