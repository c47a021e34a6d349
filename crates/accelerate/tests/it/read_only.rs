//! A key that only reads writes by no means.

use crate::world::World;
use accelerate::Access;
use serde_json::json;

/// Each is one request: statements of one plan, in order.
const TRICKS: [&[&str]; 24] = [
    &["insert into t values (2)"],
    &["update t set a = 3"],
    &["delete from t"],
    &["truncate t"],
    &["create table u (a int)"],
    &["select nextval('s')"],
    &["select writes()"],
    &["do $$ begin insert into t values (2); end $$"],
    &["with w as (insert into t values (2) returning a) select * from w"],
    &["explain analyze insert into t values (2)"],
    &["commit", "insert into t values (2)"],
    &["rollback", "insert into t values (2)"],
    &["end", "insert into t values (2)"],
    &["commit and chain", "set transaction read write", "insert into t values (2)", "commit"],
    &["rollback and chain", "set transaction read write", "insert into t values (2)", "commit"],
    &["set transaction read write", "insert into t values (2)", "commit"],
    &["set session characteristics as transaction read write", "insert into t values (2)"],
    &["set default_transaction_read_only = off", "insert into t values (2)"],
    &["select set_config('transaction_read_only', 'off', false)", "insert into t values (2)"],
    &["select set_config('default_transaction_read_only', 'off', false)", "commit", "insert into t values (2)"],
    &["savepoint x", "set transaction read write", "insert into t values (2)"],
    &["begin", "insert into t values (2)", "commit"],
    &["prepare p as insert into t values (2)", "execute p"],
    &["copy t from stdin"],
];

async fn world() -> World {
    let world = World::new().await;
    world
        .execute(
            "create table t (a int); insert into t values (1); create sequence s;
             create function writes() returns int volatile language plpgsql as $$ begin insert into t values (2); return 1; end $$",
        )
        .await;
    world
}

#[tokio::test]
async fn no_trick_writes() {
    let world = world().await;
    for trick in TRICKS {
        let refused = world.raw(Access::ReadOnly, trick).await;
        assert!(refused.is_err(), "{trick:?} was answered: {refused:?}");
        let rows = world.look("select (select count(*) from t where a = 1) * 1000 + (select count(*) from t)").await;
        assert_eq!(rows, 1001, "{trick:?} wrote");
        assert_eq!(world.look("select count(*) from pg_class where relname = 'u'").await, 0, "{trick:?} made a table");
        assert_eq!(world.look("select last_value + is_called::int from s").await, 1, "{trick:?} moved a sequence");
        // And no connection was left that the next request could write by.
        assert!(world.raw(Access::ReadOnly, &["insert into t values (2)"]).await.is_err(), "after {trick:?}");
        assert!(world.raw(Access::ReadOnly, &["select a from t"]).await.is_ok(), "after {trick:?}");
    }
}

#[tokio::test]
async fn nor_in_a_transaction_of_its_own() {
    let world = world().await;
    for trick in TRICKS {
        let id =
            world.gateway.start(crate::world::RESOURCE, Access::ReadOnly, accelerate::Start::default()).await.unwrap();
        let mut refused = false;
        for statement in trick {
            refused |= world.raw_in(Access::ReadOnly, Some(&id), &[statement]).await.is_err();
        }
        let _ = world.gateway.end(crate::world::RESOURCE, Access::ReadOnly, &id, accelerate::End::Committed).await;
        assert!(refused, "{trick:?} was answered");
        assert_eq!(world.look("select count(*) from t").await, 1, "{trick:?} wrote");
    }
}

#[tokio::test]
async fn what_it_sets_is_gone_with_the_request() {
    let world = world().await;
    world.raw(Access::ReadOnly, &["select set_config('search_path', 'nowhere', false)"]).await.unwrap();
    let rows = world.raw(Access::ReadOnly, &["select count(*)::int as n from t"]).await.unwrap();
    assert_eq!(rows["rows"], json!([[1]]));
}
