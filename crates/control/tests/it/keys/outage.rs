use super::{Node, Shop, deaf};
use control::keys::verify::{Refusal, Settings};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, PgPool};
use std::time::Duration;

/// Keeps nodes out of the test's database while the test itself stays connected.
pub struct Outage {
    elsewhere: PgConnection,
    database: String,
}

impl Outage {
    pub async fn begin(shop: &Shop) -> Self {
        let options = shop.ctx.db.connect_options();
        let database = options.get_database().unwrap().to_owned();
        let mut outage =
            Self { elsewhere: options.as_ref().clone().database("postgres").connect().await.unwrap(), database };
        outage.allow(false).await;
        sqlx::query(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and application_name like 'pentaprism key %'",
        )
        .bind(&outage.database)
        .execute(&mut outage.elsewhere)
        .await
        .unwrap();
        outage
    }

    pub async fn end(mut self) {
        self.allow(true).await;
        self.elsewhere.close().await.unwrap();
    }

    async fn allow(&mut self, allowed: bool) {
        let sql = format!("alter database \"{}\" with allow_connections {allowed}", self.database);
        sqlx::query(AssertSqlSafe(sql)).execute(&mut self.elsewhere).await.unwrap();
    }
}

#[sqlx::test]
async fn a_node_that_cannot_refresh_refuses_and_recovers(db: PgPool) {
    let shop = Shop::new(db).await;
    let (kept, removed) = (shop.key(None).await, shop.key(None).await);
    let node = Node::start(&shop, Settings { max_stale: Duration::from_millis(500), ..deaf() }).await;
    node.wait_for(&kept, None).await;
    let outage = Outage::begin(&shop).await;
    node.wait_for(&kept, Some(Refusal::Stale)).await;
    shop.remove(removed.id).await;
    outage.end().await;
    node.wait_for(&kept, None).await;
    node.wait_for(&removed, Some(Refusal::Unknown)).await;
    node.stop().await;
}

#[sqlx::test]
async fn nobody_who_uses_up_the_pool_stops_the_feed(db: PgPool) {
    let shop = Shop::new(db).await;
    let key = shop.key(None).await;
    let node = Node::start(&shop, deaf()).await;
    shop.remove(key.id).await;
    shop.ctx.db.close().await;
    node.wait_for(&key, Some(Refusal::Unknown)).await;
    node.stop().await;
}
