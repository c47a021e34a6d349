use super::{Node, Shop, deaf, only_when_asked};
use control::keys::edit::{self, EditKeyInput};
use control::keys::rotate::rotate;
use control::keys::verify::{Refusal, Settings};
use control::resources::delete::DeleteResourceInput;
use control::{Clock, projects, resources};
use kernel::key::Rights;
use sqlx::PgPool;
use std::time::Duration;

#[sqlx::test]
async fn three_nodes_see_a_revocation_also_the_one_that_hears_nothing(db: PgPool) {
    let shop = Shop::new(db).await;
    let key = shop.key(None).await;
    let hearing = Settings { listen: true, ..deaf() };
    let nodes = [
        Node::start(&shop, hearing.clone()).await,
        Node::start(&shop, hearing).await,
        Node::start(&shop, deaf()).await,
    ];
    for node in &nodes {
        assert_eq!(node.check(&key).unwrap().resource, shop.resource);
    }
    edit::set_enabled(&shop.ctx, &shop.actor, key.id, false).await.unwrap();
    for node in &nodes {
        node.wait_for(&key, Some(Refusal::Disabled)).await;
    }
    edit::set_enabled(&shop.ctx, &shop.actor, key.id, true).await.unwrap();
    for node in &nodes {
        node.wait_for(&key, None).await;
    }
    shop.remove(key.id).await;
    for node in nodes {
        node.wait_for(&key, Some(Refusal::Unknown)).await;
        node.stop().await;
    }
}

#[sqlx::test]
async fn a_key_that_was_rotated_without_overlap_is_dead_on_a_node_whose_clock_is_behind(db: PgPool) {
    let shop = Shop::new(db).await;
    let (key, later) = (shop.key(None).await, shop.key(None).await);
    let mut node = Node::start(&shop, deaf()).await;
    node.ctx.clock = Clock::manual(shop.ctx.now() - time::Duration::seconds(30));
    rotate(&shop.ctx, &shop.actor, key.id, "0").await.unwrap();
    rotate(&shop.ctx, &shop.actor, later.id, "1h").await.unwrap();
    node.settle().await;
    assert_eq!((node.check(&key).err(), node.check(&later).err()), (Some(Refusal::Disabled), None));
    node.stop().await;
}

#[sqlx::test]
async fn a_notification_is_enough(db: PgPool) {
    let shop = Shop::new(db).await;
    let key = shop.key(None).await;
    let node = Node::start(&shop, Settings { listen: true, ..only_when_asked() }).await;
    // Subscribing takes a moment of its own.
    let listening = "select count(*) from pg_stat_activity where datname = current_database() and query like 'LISTEN%'";
    while shop.count(listening).await == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    shop.remove(key.id).await;
    node.wait_for(&key, Some(Refusal::Unknown)).await;
    node.stop().await;
}

#[sqlx::test]
async fn a_change_that_commits_late_is_not_missed(db: PgPool) {
    let shop = Shop::new(db).await;
    let (early, late) = (shop.key(None).await, shop.key(None).await);
    let node = Node::start(&shop, deaf()).await;
    let mut tx = shop.ctx.db.begin().await.unwrap();
    sqlx::query("update api_key set disabled_at = created_at where id = $1")
        .bind(late.id.uuid())
        .execute(&mut *tx)
        .await
        .unwrap();
    for _ in 0..3 {
        // Later transactions commit first, and polls see them.
        edit::set_enabled(&shop.ctx, &shop.actor, early.id, false).await.unwrap();
        node.settle().await;
        assert_eq!((node.check(&early).err(), node.check(&late).err()), (Some(Refusal::Disabled), None));
        edit::set_enabled(&shop.ctx, &shop.actor, early.id, true).await.unwrap();
        node.settle().await;
    }
    tx.commit().await.unwrap();
    node.settle().await;
    assert_eq!((node.check(&early).err(), node.check(&late).err()), (None, Some(Refusal::Disabled)));
    node.stop().await;
}

#[sqlx::test]
async fn rights_and_ranges_follow_an_edit(db: PgPool) {
    let shop = Shop::new(db).await;
    let key = shop.key(None).await;
    let node = Node::start(&shop, deaf()).await;
    assert_eq!(node.check(&key).unwrap().rights, Rights::Full);
    let mut input = EditKeyInput { name: "renamed".into(), rights: "read_only".into(), allowed_ranges: String::new() };
    edit::edit(&shop.ctx, &shop.actor, key.id, input).await.unwrap();
    node.settle().await;
    assert_eq!(node.check(&key).unwrap().rights, Rights::ReadOnly);
    input = EditKeyInput { name: "renamed".into(), rights: "full".into(), allowed_ranges: "10.0.0.0/8".into() };
    edit::edit(&shop.ctx, &shop.actor, key.id, input).await.unwrap();
    node.settle().await;
    let from = |address: &str| {
        let address = address.parse().ok();
        node.verifier.table().verify(key.plain.expose(), address, shop.ctx.now(), None).err()
    };
    assert_eq!((from("::ffff:10.1.2.3"), from("11.1.2.3")), (None, Some(Refusal::AddressDenied)));
    node.stop().await;
}

#[sqlx::test]
async fn a_projects_keys_follow_its_default(db: PgPool) {
    let shop = Shop::new(db).await;
    let staging = shop.staging().await;
    let (own, shared) = (shop.key(Some(shop.resource)).await, shop.key(None).await);
    let node = Node::start(&shop, deaf()).await;
    let reach = |key| node.check(key).map(|key| key.resource);
    assert_eq!((reach(&own), reach(&shared)), (Ok(shop.resource), Ok(shop.resource)));

    projects::set_default_resource::set_default_resource(&shop.ctx, &shop.actor, shop.project, staging).await.unwrap();
    node.settle().await;
    assert_eq!((reach(&own), reach(&shared)), (Ok(shop.resource), Ok(staging)));

    let delete = |id, name: &str, successor| {
        let input = DeleteResourceInput { confirmation: name.into(), successor };
        resources::delete::delete(&shop.ctx, &shop.actor, id, input)
    };
    delete(shop.resource, "Production", None).await.unwrap();
    node.settle().await;
    assert_eq!((reach(&own), reach(&shared)), (Err(Refusal::Unknown), Ok(staging)));
    delete(staging, "Staging", None).await.unwrap();
    node.settle().await;
    assert_eq!(reach(&shared), Err(Refusal::Disabled));
    edit::set_enabled(&shop.ctx, &shop.actor, shared.id, true).await.unwrap();
    node.settle().await;
    assert_eq!(reach(&shared), Err(Refusal::NoResource));
    node.stop().await;
}

#[sqlx::test]
async fn a_key_inserted_while_the_default_changes_ends_up_where_the_default_is(db: PgPool) {
    let shop = Shop::new(db).await;
    let staging = shop.staging().await;
    let node = Node::start(&shop, deaf()).await;
    let mut tx = shop.ctx.db.begin().await.unwrap();
    projects::store::set_default_resource(&mut tx, shop.project, Some(staging)).await.unwrap();
    // The operation waits for the project's row; the feed does not rely on it.
    let key = shop.insert_key().await;
    node.settle().await;
    assert_eq!(node.check(&key).unwrap().resource, shop.resource);
    tx.commit().await.unwrap();
    node.settle().await;
    assert_eq!(node.check(&key).unwrap().resource, staging);
    node.stop().await;
}

#[sqlx::test]
async fn all_keys_of_a_deleted_project_stop(db: PgPool) {
    let shop = Shop::new(db).await;
    let keys = [shop.key(None).await, shop.key(Some(shop.resource)).await];
    let node = Node::start(&shop, deaf()).await;
    assert_eq!(node.check(&keys[1]).unwrap().org, shop.org);
    projects::delete::delete(&shop.ctx, &shop.actor, shop.project, "Shop").await.unwrap();
    node.settle().await;
    for key in &keys {
        assert_eq!(node.check(key), Err(Refusal::Unknown));
    }
    assert!(node.verifier.table().is_empty());
    node.stop().await;
}
