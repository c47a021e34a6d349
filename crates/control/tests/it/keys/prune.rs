use super::outage::Outage;
use super::{Node, Shop, deaf};
use control::keys::verify::{Refusal, prune};
use sqlx::PgPool;
use time::Duration;

const CHANGES: &str = "select count(*) from key_change";

#[sqlx::test]
async fn changes_go_after_an_hour_and_late_commits_stay(db: PgPool) {
    let shop = Shop::new(db).await;
    shop.key(None).await;
    assert_eq!(prune(&shop.ctx).await.unwrap(), 0, "how old they are is not known yet");
    let mut late = shop.ctx.db.begin().await.unwrap();
    sqlx::query("update api_key set disabled_at = created_at").execute(&mut *late).await.unwrap();
    prune_all(&shop).await;
    late.commit().await.unwrap();
    for _ in 0..3 {
        shop.ctx.clock.advance(Duration::minutes(25));
        assert_eq!(prune(&shop.ctx).await.unwrap(), 0);
    }
    assert_eq!(shop.count(CHANGES).await, 1, "written long ago, visible for less than an hour");
    prune_all(&shop).await;
}

/// Prunes every 25 minutes until nothing is left. Transactions of other databases of the cluster can hold it up, as they may in production.
async fn prune_all(shop: &Shop) {
    for _ in 0..400 {
        shop.ctx.clock.advance(Duration::minutes(25));
        prune(&shop.ctx).await.unwrap();
        if shop.count(CHANGES).await == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("changes stay for ever");
}

#[sqlx::test]
async fn a_node_that_was_away_for_too_long_reads_all_keys_again(db: PgPool) {
    let shop = Shop::new(db).await;
    let (kept, removed) = (shop.key(None).await, shop.key(None).await);
    let node = Node::start(&shop, deaf()).await;
    let outage = Outage::begin(&shop).await;
    shop.remove(removed.id).await;
    prune_all(&shop).await;
    assert_eq!(node.check(&removed).err(), None, "it does not know");
    outage.end().await;
    node.settle().await;
    assert_eq!((node.check(&kept).err(), node.check(&removed).err()), (None, Some(Refusal::Unknown)));
    node.stop().await;
}

#[sqlx::test]
async fn a_feed_that_came_with_a_dump_of_another_server_is_no_use_and_no_harm(db: PgPool) {
    let shop = Shop::new(db).await;
    sqlx::query("insert into key_change (xid, key_hash) values ('18446744073709551000', 'x')")
        .execute(&shop.ctx.db)
        .await
        .unwrap();
    sqlx::query("insert into key_change_floor values ('18446744073709551000', 'epoch')")
        .execute(&shop.ctx.db)
        .await
        .unwrap();
    let node = Node::start(&shop, deaf()).await;
    let key = shop.key(None).await;
    node.settle().await;
    assert_eq!(node.check(&key).err(), None);
    assert_eq!(prune(&shop.ctx).await.unwrap(), 1);
    assert_eq!(shop.count("select count(*) from key_change_floor where floor > '18446744073709550000'").await, 0);
    node.stop().await;
}
