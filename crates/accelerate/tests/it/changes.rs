//! What is changed in the console while there is traffic.

use crate::world::{RESOURCE, World};
use accelerate::{Access, End, Limits, Start, Status, Strategy};
use futures::future::{join, join_all};
use serde_json::Value;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use upstream::ConnectionString;

async fn status(world: &World) -> Status {
    let sql = r#"{"type":"templateSql","fragments":[{"type":"stringChunk","chunk":"select 1 as n"}],"placeholderFormat":{"prefix":"$","hasNumbering":true}}"#;
    // In the order of clients: answers to others are not kept.
    let body = format!(r#"{{"operation":"findMany","plan":{{"type":"query","args":{sql}}},"params":{{}}}}"#).into();
    let strategy = Strategy { max_age: Duration::from_secs(600), ..Strategy::default() };
    world.gateway.query(RESOURCE, Access::Full, None, &body, &strategy, None).await.unwrap().status
}

#[tokio::test]
async fn other_limits_are_taken_up_while_requests_and_transactions_go_on() {
    let world = World::with(Limits { connections: 4, ..Limits::default() }).await;
    world.execute("create table t (a int)").await;
    let id = world.gateway.start(RESOURCE, Access::Full, Start::default()).await.unwrap();
    world.raw_in(Access::Full, Some(&id), &["insert into t values (1)"]).await.unwrap();
    assert_eq!(status(&world).await, Status::Miss);
    let changed = AtomicBool::new(false);
    let traffic = (0..20).map(|_| async {
        let mut answered = 0;
        while !changed.load(Ordering::Relaxed) {
            world.raw(Access::Full, &["select pg_sleep(0.003)::text"]).await.unwrap();
            answered += 1;
        }
        answered
    });
    let changes = async {
        for turn in 0..100 {
            world.known.change(|resource| {
                let limits = &mut resource.limits;
                limits.connections = [8, 2, 1, 5, 3][turn % 5];
                limits.query_timeout = Duration::from_millis(8000 + turn as u64);
                limits.response_bytes = 1_000_000 + turn;
            });
            tokio::time::sleep(Duration::from_millis(10)).await;
            assert_eq!(status(&world).await, Status::Ttl, "kept answers live on");
        }
        changed.store(true, Ordering::Relaxed);
    };
    let (answered, ()) = join(join_all(traffic), changes).await;
    assert!(answered.iter().sum::<usize>() > 100, "{answered:?}");
    world.raw_in(Access::Full, Some(&id), &["insert into t values (2)"]).await.unwrap();
    world.gateway.end(RESOURCE, Access::Full, &id, End::Committed).await.unwrap();
    assert_eq!(world.look("select count(*) from t").await, 2);

    let others = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
    for connections in [2, 6, 1] {
        world.known.change(|resource| resource.limits.connections = connections);
        let begun = Instant::now();
        let asked = (0..6).map(|_| world.raw(Access::Full, &["select pg_sleep(0.2)::text"]));
        assert!(join_all(asked).await.iter().all(Result::is_ok));
        let rounds = u32::try_from(6 / connections).unwrap();
        assert!(begun.elapsed() >= Duration::from_millis(200) * rounds, "{connections} at once");
        world.wait_for(others, i64::try_from(connections).unwrap()).await;
    }
    world.known.change(|resource| resource.limits.query_timeout = Duration::from_millis(100));
    assert_eq!(world.raw(Access::Full, &["select pg_sleep(5)::text"]).await.unwrap_err().code, "P6004");
}

#[tokio::test]
async fn requests_under_way_end_on_the_database_where_they_began() {
    let world = World::with(Limits { connections: 2, ..Limits::default() }).await;
    world.execute("create table t (a int)").await;
    let id = world.gateway.start(RESOURCE, Access::Full, Start::default()).await.unwrap();
    world.raw_in(Access::Full, Some(&id), &["insert into t values (1)"]).await.unwrap();
    let slow = &["select current_setting('application_name') as name, pg_sleep(0.5)::text"][..];
    let name = |answer: &Value| answer["rows"][0][0].clone();
    let old = join(world.raw(Access::Full, slow), world.raw(Access::Full, slow));
    let new = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        world.known.change(|resource| {
            let url = resource.target.expose_url();
            let url = format!("{}?application_name=moved", secrecy::ExposeSecret::expose_secret(&url));
            resource.target = ConnectionString::parse(&url).unwrap();
        });
        let answer = world.raw(Access::Full, &["select current_setting('application_name') as name"]).await.unwrap();
        assert_eq!(name(&answer), "moved", "nothing new goes to the old one");
    };
    let ((under_way, in_line), ()) = join(old, new).await;
    assert_ne!(name(&under_way.unwrap()), "moved");
    assert_ne!(name(&in_line.unwrap()), "moved");
    world.raw_in(Access::Full, Some(&id), &["insert into t values (2)"]).await.unwrap();
    world.gateway.end(RESOURCE, Access::Full, &id, End::Committed).await.unwrap();
    assert_eq!(world.look("select count(*) from t").await, 2);
    let old = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and application_name <> 'moved'";
    world.wait_for(old, 0).await;
}

#[tokio::test]
async fn the_cache_is_switched_off_and_on() {
    let world = World::with(Limits { cache: false, ..Limits::default() }).await;
    assert_eq!((status(&world).await, status(&world).await), (Status::None, Status::None));
    world.known.change(|resource| resource.limits.cache = true);
    assert_eq!((status(&world).await, status(&world).await), (Status::Miss, Status::Ttl));
    world.known.change(|resource| resource.limits.cache = false);
    assert_eq!(status(&world).await, Status::None);
}
