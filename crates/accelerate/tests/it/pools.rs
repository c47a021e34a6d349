//! What connections are kept, and in which state.

use crate::world::World;
use accelerate::{Access, Limits};
use serde_json::json;
use std::time::Duration;

const OTHERS: &str =
    "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";

#[tokio::test]
async fn idle_connections_are_closed() {
    let world = World::new().await;
    let (one, other) = (&["select 1"][..], &["select pg_sleep(0.5)::text"][..]);
    let (first, second) = tokio::join!(world.raw(Access::Full, one), world.raw(Access::Full, other));
    first.and(second).unwrap();
    assert_eq!(world.look(OTHERS).await, 2);
    let look = async {
        tokio::time::pause();
        tokio::time::advance(Limits::default().idle + Duration::from_secs(1)).await;
        tokio::time::resume();
        world.wait_for(OTHERS, 0).await;
    };
    tokio::select! {
        // It has to wait before time goes on.
        biased;
        () = world.gateway.tend() => unreachable!("it goes on for ever"),
        () = look => {}
    }
    assert!(world.raw(Access::Full, one).await.is_ok());
}

#[tokio::test]
async fn a_statement_is_prepared_once_a_connection() {
    let world = World::with(Limits { connections: 1, ..Limits::default() }).await;
    for _ in 0..7 {
        world.raw(Access::Full, &["select 41 + 1 as n"]).await.unwrap();
    }
    let kept = "select name, (generic_plans + custom_plans)::int as runs from pg_prepared_statements where statement like 'select 41%'";
    let answer = world.raw(Access::Full, &[kept]).await.unwrap();
    assert_eq!(answer["rows"], json!([["s1", 7]]));
}
