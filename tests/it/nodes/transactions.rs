//! Interactive transactions, asked for at a node that does not hold them.

use super::{Answer, Node, Site, Way, plan, select};
use crate::tls;
use crate::world::{Who, key_input};
use control::gateways::Gateway;
use control::keys::create::{CreateKeyInput, create};
use serde_json::json;
use sqlx::PgPool;
use std::time::Duration;
use upstream::Dialer;

async fn begun(node: &Node, site: &Site) -> String {
    let begun = node.post("/transaction/start", &site.bearer(), &json!({ "timeout": 10_000 })).await;
    assert_eq!(begun.status, 200, "{}", begun.body);
    begun.body["id"].as_str().unwrap().to_owned()
}

fn refused(answer: &Answer, says: &str) {
    assert_eq!((answer.status, &answer.body["code"]), (409, &json!("P2028")), "{}", answer.body);
    assert!(answer.body["error"].as_str().unwrap().contains(says), "{}", answer.body);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_transaction_is_used_and_ended_by_way_of_another_node(db: PgPool) {
    let site = Site::configured(db).await;
    site.execute("create table thing (a int)").await;
    let (a, b) = (site.node("us-east-1", Duration::ZERO).await, site.node("eu-west-3", Duration::ZERO).await);
    a.ready(&site).await;
    b.ready(&site).await;
    let bearer = site.bearer();
    for (end, rows) in [("rollback", 0), ("commit", 1)] {
        let id = begun(&a, &site).await;
        assert_eq!(accelerate::node_of(&id), Some(a.own.number));
        let insert = plan("execute", "insert into thing values (7)");
        let done = b.post(&format!("/transaction/{id}/query"), &bearer, &insert).await;
        assert_eq!(done.status, 200, "{}", done.body);
        let inside = a.post(&format!("/transaction/{id}/query"), &bearer, &select("select a from thing")).await;
        assert!(inside.body["data"].to_string().contains('7'), "the same transaction: {}", inside.body);
        assert_eq!(site.count("thing").await, 0, "and nothing outside of it");
        let ended = b.post(&format!("/transaction/{id}/{end}"), &bearer, "").await;
        assert_eq!((ended.status, &ended.body), (200, &json!({})));
        assert_eq!(site.count("thing").await, rows, "{end}");
        refused(&b.post(&format!("/transaction/{id}/{end}"), &bearer, "").await, "Transaction already closed");
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn nodes_that_speak_tls_pass_transactions_on_as_well(db: PgPool) {
    let site = Site::configured(db).await;
    site.execute("create table thing (a int)").await;
    let folders = [tls::made(), tls::made()];
    let [first, second] = folders.each_ref().map(|folder| tls::of(folder.path()));
    let dialer = || Dialer::new().with_resolver(Way(site.database));
    let a = Node::behind_tls(site.ctx(), dialer(), "us-east-1", &first).await;
    let b = Node::behind_tls(site.ctx(), dialer(), "eu-west-3", &second).await;
    a.ready(&site).await;
    b.ready(&site).await;
    for (holder, other) in [(&a, &b), (&b, &a)] {
        let id = begun(holder, &site).await;
        let insert = plan("execute", "insert into thing values (7)");
        let done = other.post(&format!("/transaction/{id}/query"), &site.bearer(), &insert).await;
        assert_eq!(done.status, 200, "{}", done.body);
        assert_eq!(other.post(&format!("/transaction/{id}/commit"), &site.bearer(), "").await.status, 200);
    }
    assert_eq!(site.count("thing").await, 2);
    // Somebody else's certificate at the announced address hears nothing of it.
    let id = begun(&a, &site).await;
    let other = Gateway { certificate: Some(second.fingerprint()), ..a.own.clone() };
    control::gateways::beat::beat(site.ctx(), &other).await.unwrap();
    b.parts.nodes.beat().await.unwrap();
    refused(&b.post(&format!("/transaction/{id}/commit"), &site.bearer(), "").await, "cannot be reached");
}

/// The client that is gone is the other node's; its hanging up has to arrive at the one that holds the connection.
#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_client_that_hangs_up_at_another_node_ends_its_transaction(db: PgPool) {
    let site = Site::configured(db).await;
    site.execute("create table thing (a int)").await;
    let (a, b) = (site.node("us-east-1", Duration::ZERO).await, site.node("eu-west-3", Duration::ZERO).await);
    a.ready(&site).await;
    b.ready(&site).await;
    let id = begun(&a, &site).await;
    let path = format!("/transaction/{id}/query");
    let done = b.post(&path, &site.bearer(), &plan("execute", "insert into thing values (7)")).await;
    assert_eq!(done.status, 200, "{}", done.body);
    let sleeping = "pg_stat_activity where query like 'select pg_sleep(60)%' and state = 'active'";
    let (bearer, sleep) = (site.bearer(), select("select pg_sleep(60)::text as a"));
    tokio::select! {
        answer = b.post(&path, &bearer, &sleep) => panic!("{}", answer.body),
        () = until(&site, sleeping, 1) => {}
    }
    // The request is dropped by now, its connection closed.
    until(&site, sleeping, 0).await;
    refused(&a.post(&format!("/transaction/{id}/commit"), &site.bearer(), "").await, "Transaction");
    assert_eq!(site.count("thing").await, 0);
}

async fn until(site: &Site, table: &str, count: i64) {
    for _ in 0..400 {
        if site.count(table).await == count {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{table}: never {count}");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn who_may_not_ask_is_not_asked_for(db: PgPool) {
    let site = Site::configured(db).await;
    let (a, b) = (site.node("us-east-1", Duration::ZERO).await, site.node("eu-west-3", Duration::ZERO).await);
    a.ready(&site).await;
    b.ready(&site).await;
    let id = begun(&a, &site).await;
    let path = format!("/transaction/{id}/query");
    for headers in ["", "authorization: Bearer ppk_nonsense\r\n"] {
        assert_eq!(b.post(&path, headers, &select("select 1")).await.status, 401);
    }
    // A key of another resource is let in and finds no such transaction there, or no Accelerate.
    let other = format!("authorization: Bearer {}\r\n", site.world.key_text);
    let answer = b.post(&path, &other, &select("select 1")).await;
    assert_eq!((answer.status, &answer.body["code"]), (400, &json!("P6010")), "{}", answer.body);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn the_holder_sees_the_address_of_the_client_and_not_of_the_node(db: PgPool) {
    let site = Site::configured(db).await;
    let input =
        CreateKeyInput { resource: Some(site.resource), allowed_ranges: "203.0.113.9/32".into(), ..key_input("bound") };
    let key = create(site.ctx(), site.world.actor(Who::Owner), site.world.project, input).await.unwrap();
    let bearer = format!("authorization: Bearer {}\r\n", key.plain.expose());
    let a = site.node("us-east-1", Duration::ZERO).await;
    // In front of this one stands a proxy, from which it takes the client's address.
    let dialer = Dialer::new().with_resolver(Way(site.database));
    let b = Node::start(site.ctx(), dialer, "eu-west-3", &["127.0.0.0/8"]).await;
    a.ready(&site).await;
    b.ready(&site).await;
    let id = begun(&a, &site).await;
    let path = format!("/transaction/{id}/query");
    let from = |address: &str| format!("{bearer}x-forwarded-for: {address}\r\n");
    assert_eq!(b.post(&path, &from("203.0.113.9"), &select("select 1 as a")).await.status, 200);
    assert_eq!(b.post(&path, &from("203.0.113.10"), &select("select 1 as a")).await.status, 401);
    assert_eq!(a.post(&path, &from("203.0.113.9"), &select("select 1 as a")).await.status, 401, "it trusts no proxy");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_node_that_is_gone_has_taken_its_transactions_with_it(db: PgPool) {
    let site = Site::configured(db).await;
    let (a, b) = (site.node("us-east-1", Duration::ZERO).await, site.node("eu-west-3", Duration::ZERO).await);
    a.ready(&site).await;
    b.ready(&site).await;
    let ids = [begun(&a, &site).await, begun(&a, &site).await];
    a.parts.nodes.leave().await.unwrap();
    b.parts.nodes.beat().await.unwrap();
    for id in &ids {
        for (verb, body) in [("query", select("select 1")), ("commit", String::new()), ("rollback", String::new())] {
            let answer = b.post(&format!("/transaction/{id}/{verb}"), &site.bearer(), &body).await;
            refused(&answer, "The gateway that held it does not run any more");
        }
    }
    let silent = site.silent("us-west-1").await;
    let id = format!("{:08x}-0000-8000-8000-000000000000", silent.number);
    let answer = b.post(&format!("/transaction/{id}/commit"), &site.bearer(), "").await;
    refused(&answer, "cannot be reached");
    site.age(silent.id).await;
    b.parts.nodes.beat().await.unwrap();
    let answer = b.post(&format!("/transaction/{id}/commit"), &site.bearer(), "").await;
    refused(&answer, "does not run any more");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_node_that_starts_is_found_at_once_and_no_id_is_a_riddle(db: PgPool) {
    let site = Site::configured(db).await;
    let b = site.node("eu-west-3", Duration::ZERO).await;
    b.ready(&site).await;
    let a = site.node("us-east-1", Duration::ZERO).await;
    let id = begun(a.ready(&site).await, &site).await;
    let commit = format!("/transaction/{id}/commit");
    assert_eq!(b.post(&commit, &site.bearer(), "").await.status, 200, "without a beat of its own");
    for id in ["nothing", "f81d4fae-7dec-41d0-a765-00a0c91e6bf6", "ffffffff-ffff-8fff-8fff-ffffffffffff"] {
        let answer = b.post(&format!("/transaction/{id}/commit"), &site.bearer(), "").await;
        refused(&answer, "Transaction not found");
    }
}
