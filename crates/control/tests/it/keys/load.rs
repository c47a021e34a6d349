use super::{Node, Shop, deaf};
use sqlx::PgPool;

#[sqlx::test]
async fn many_keys_are_read_in_pages_and_removed_in_one_poll(db: PgPool) {
    let shop = Shop::new(db).await;
    let key = shop.key(None).await;
    sqlx::query(
        "insert into api_key (id, project_id, name, key_hash, visible_start, visible_end, rights, created_at)
         select gen_random_uuid(), $1, 'k', sha256(n::text::bytea), '', '', 'full', now() from generate_series(1, 25000) n",
    )
    .bind(shop.project.uuid())
    .execute(&shop.ctx.db)
    .await
    .unwrap();
    let node = Node::start(&shop, deaf()).await;
    assert_eq!(node.verifier.table().len(), 25_001);
    sqlx::query("delete from api_key where name = 'k'").execute(&shop.ctx.db).await.unwrap();
    node.settle().await;
    assert_eq!(node.check(&key).err(), None);
    assert_eq!(node.verifier.table().len(), 1);
    node.stop().await;
}
