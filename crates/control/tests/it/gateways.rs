use crate::world::World;
use control::gateways::beat::beat;
use control::gateways::leave::{leave, tidy};
use control::gateways::live::live;
use control::gateways::{Gateway, NodeId};
use sqlx::PgPool;

impl World {
    fn gateway(&self, region: &str) -> Gateway {
        Gateway::new(&self.ctx.rng, region.into(), Some("http://127.0.0.1:1".into()), "http://localhost:1".into())
    }

    /// Lets so many seconds pass since the server was seen.
    async fn age(&self, id: NodeId, seconds: f64) {
        let older = "update gateway set seen_at = seen_at - make_interval(secs => $2) where id = $1::uuid";
        sqlx::query(older).bind(id.to_string()).bind(seconds).execute(&self.ctx.db).await.unwrap();
    }

    async fn regions(&self) -> Vec<String> {
        live(&self.ctx).await.unwrap().into_iter().map(|gateway| gateway.region).collect()
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_server_lives_for_ten_seconds_by_the_databases_clock(db: PgPool) {
    let w = World::new(db);
    let (west, east) = (w.gateway("us-west-1"), w.gateway("us-east-1"));
    beat(&w.ctx, &west).await.unwrap();
    beat(&w.ctx, &east).await.unwrap();
    assert_eq!(w.regions().await, ["us-east-1", "us-west-1"]);
    // The clock of the machine is wrong; nobody minds.
    w.ctx.clock.advance(time::Duration::days(1));
    w.age(west.id, 8.0).await;
    assert_eq!(w.regions().await, ["us-east-1", "us-west-1"]);
    w.age(west.id, 2.0).await;
    assert_eq!(w.regions().await, ["us-east-1"]);
    beat(&w.ctx, &west).await.unwrap();
    assert_eq!(w.regions().await, ["us-east-1", "us-west-1"]);
    leave(&w.ctx, east.id).await.unwrap();
    assert_eq!(w.regions().await, ["us-west-1"]);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn what_it_announces_is_what_the_others_read_and_may_change(db: PgPool) {
    let w = World::new(db);
    let mut gateway = w.gateway("eu-west-3");
    beat(&w.ctx, &gateway).await.unwrap();
    gateway.certificate = Some([7; 32]);
    gateway.public_url = "https://gateway.example.com".into();
    beat(&w.ctx, &gateway).await.unwrap();
    assert_eq!(live(&w.ctx).await.unwrap(), [gateway.clone()]);
    let twin = Gateway { number: gateway.number, ..w.gateway("eu-west-3") };
    assert!(beat(&w.ctx, &twin).await.unwrap_err().to_string().contains("start this one again"));
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn who_ended_without_a_word_is_forgotten_after_an_hour(db: PgPool) {
    let w = World::new(db);
    let (gone, recent) = (w.gateway("a"), w.gateway("b"));
    beat(&w.ctx, &gone).await.unwrap();
    beat(&w.ctx, &recent).await.unwrap();
    w.age(gone.id, 3700.0).await;
    w.age(recent.id, 3500.0).await;
    tidy(&w.ctx).await.unwrap();
    assert_eq!(w.count("gateway").await, 1);
}
