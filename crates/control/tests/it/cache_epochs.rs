use crate::world::{World, connection};
use control::accelerate::configure::{ConfigureInput, configure};
use control::accelerate::directory;
use control::accelerate::disable::disable;
use control::accelerate::purge::purge;
use sqlx::PgPool;
use std::collections::HashSet;

/// Gateways may still have answers of every epoch that there ever was.
#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn an_epoch_never_comes_twice(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    let epoch = async || directory::find(&w.ctx, cast.resource).await.unwrap().unwrap().cache_epoch;
    let mut seen = HashSet::new();
    for _ in 0..3 {
        let input = ConfigureInput { connection: Some(connection()), region: "us-east-1".into() };
        configure(&w.ctx, &cast.owner, cast.resource, input).await.unwrap();
        assert!(seen.insert(epoch().await), "configured anew");
        for _ in 0..2 {
            purge(&w.ctx, &cast.owner, cast.resource).await.unwrap();
            assert!(seen.insert(epoch().await), "purged");
        }
        disable(&w.ctx, &cast.owner, cast.resource).await.unwrap();
    }
    // Those that were counted by resource once.
    assert!(seen.iter().all(|epoch| *epoch > 1_000_000));
}
