use crate::world::{World, connection};
use control::accelerate::configure::{ConfigureInput, configure};
use control::accelerate::disable::disable;
use control::accelerate::traffic::{Traffic, get, saw};
use kernel::ResourceId;
use sqlx::PgPool;
use time::Duration;

fn input() -> ConfigureInput {
    ConfigureInput { connection: Some(connection()), region: "us-east-1".into() }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn the_first_and_the_last_query_are_known_whoever_tells_of_them_and_how_often(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    configure(&w.ctx, &cast.owner, cast.resource, input()).await.unwrap();
    let seen = async || get(&w.ctx, &cast.viewer, cast.resource).await.unwrap();
    assert_eq!(seen().await, None);
    let at = |seconds| w.ctx.now() + Duration::seconds(seconds);
    let nobody = ResourceId::from_uuid(w.ctx.new_uuid());
    for told in [5, 9, 3, 5, 9] {
        saw(&w.ctx, &[(cast.resource, at(told)), (nobody, at(told))]).await.unwrap();
    }
    assert_eq!(seen().await, Some(Traffic { first_query_at: at(3), last_query_at: at(9) }));
    // Twice in one batch, by two of its keys.
    saw(&w.ctx, &[(cast.resource, at(12)), (cast.resource, at(2))]).await.unwrap();
    assert_eq!(seen().await, Some(Traffic { first_query_at: at(2), last_query_at: at(12) }));
    assert_eq!(w.count("accelerate_traffic").await, 1);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_resource_that_is_configured_anew_waits_anew(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    let seen = async || get(&w.ctx, &cast.viewer, cast.resource).await.unwrap().map(|traffic| traffic.first_query_at);
    configure(&w.ctx, &cast.owner, cast.resource, input()).await.unwrap();
    let before = w.ctx.now();
    saw(&w.ctx, &[(cast.resource, before)]).await.unwrap();
    assert_eq!(seen().await, Some(before));
    w.ctx.clock.advance(Duration::seconds(60));
    configure(&w.ctx, &cast.owner, cast.resource, input()).await.unwrap();
    assert_eq!(seen().await, None);
    // A node that tells late.
    saw(&w.ctx, &[(cast.resource, before)]).await.unwrap();
    assert_eq!(seen().await, None);
    let after = w.ctx.now() + Duration::seconds(1);
    saw(&w.ctx, &[(cast.resource, after)]).await.unwrap();
    assert_eq!(seen().await, Some(after), "and not what was seen before");

    disable(&w.ctx, &cast.owner, cast.resource).await.unwrap();
    saw(&w.ctx, &[(cast.resource, after)]).await.unwrap();
    assert_eq!(w.count("accelerate_traffic").await, 0);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn two_nodes_tell_of_many_resources_at_once(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    let mut resources = vec![cast.resource];
    for n in 0..20 {
        let name = format!("Another {n}");
        let made = control::resources::create::create(&w.ctx, &cast.owner, cast.project, &name, Some(connection()));
        resources.push(made.await.unwrap());
    }
    for resource in &resources {
        configure(&w.ctx, &cast.owner, *resource, input()).await.unwrap();
    }
    let told: Vec<_> = resources.iter().map(|resource| (*resource, w.ctx.now())).collect();
    let turned: Vec<_> = told.iter().rev().copied().collect();
    for _ in 0..10 {
        let (one, two) = tokio::join!(saw(&w.ctx, &told), saw(&w.ctx, &turned));
        one.and(two).unwrap();
    }
    assert_eq!(w.count("accelerate_traffic").await, 21);
}
