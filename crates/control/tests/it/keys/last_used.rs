use super::{Node, Shop, deaf};
use control::keys::{list, verify::Refusal};
use sqlx::PgPool;
use time::Duration;

#[sqlx::test]
async fn the_last_use_is_written_once_and_never_moves_back(db: PgPool) {
    let shop = Shop::new(db).await;
    let (key, unused) = (shop.key(None).await, shop.key(None).await);
    let nodes = [Node::start(&shop, deaf()).await, Node::start(&shop, deaf()).await];
    let changes = "select count(*) from key_change";
    let before = shop.count(changes).await;

    let (first, second) = (shop.ctx.now(), shop.ctx.now() + Duration::seconds(5));
    let verify = |node: &Node, address: &str, now| {
        node.verifier.table().verify(key.plain.expose(), address.parse().ok(), now, None).unwrap();
    };
    verify(&nodes[0], "192.0.2.1", first);
    verify(&nodes[1], "::ffff:192.0.2.2", second);
    for node in [&nodes[1], &nodes[0], &nodes[1]] {
        node.verifier.flush(&shop.ctx).await.unwrap();
        let shown = list::get(&shop.ctx, &shop.actor, key.id).await.unwrap();
        assert_eq!(shown.last_used_at, Some(second));
        assert_eq!(shown.last_used_from.as_deref(), Some("192.0.2.2"));
    }
    assert_eq!(list::get(&shop.ctx, &shop.actor, unused.id).await.unwrap().last_used_at, None);
    assert_eq!(shop.count(changes).await, before, "a use is no change of the key");

    let denied = nodes[0].verifier.table().verify(unused.plain.expose(), None, second, Some(shop.ctx.new_id()));
    assert_eq!(denied, Err(Refusal::Scope));
    for node in nodes {
        node.stop().await;
    }
    assert_eq!(list::get(&shop.ctx, &shop.actor, unused.id).await.unwrap().last_used_at, None, "refused is not used");
}

#[sqlx::test]
async fn a_node_that_stops_writes_what_it_knows(db: PgPool) {
    let shop = Shop::new(db).await;
    let key = shop.key(None).await;
    let node = Node::start(&shop, deaf()).await;
    node.check(&key).unwrap();
    node.stop().await;
    let shown = list::get(&shop.ctx, &shop.actor, key.id).await.unwrap();
    assert_eq!((shown.last_used_at, shown.last_used_from), (Some(shop.ctx.now()), None));
}
