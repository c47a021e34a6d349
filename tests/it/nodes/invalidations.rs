//! Invalidations reach what every node keeps.

use super::{Node, Site, header, select};
use serde_json::json;
use sqlx::PgPool;
use std::time::Duration;

async fn status(node: &Node, site: &Site) -> String {
    let headers = format!("{}cache-control: max-age=60\r\naccelerate-cache-tags: things\r\n", site.bearer());
    let answer = node.post("/query", &headers, &select("select 1 as a")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    header(&answer, "accelerate-cache-status")
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn tags_end_on_every_node_before_it_is_acknowledged(db: PgPool) {
    let site = Site::configured(db).await;
    let (a, b) = (site.node("us-east-1", Duration::ZERO).await, site.node("eu-west-3", Duration::ZERO).await);
    a.ready(&site).await;
    b.ready(&site).await;
    for tags in [json!(["things"]), json!("all")] {
        for node in [&a, &b] {
            assert_eq!([status(node, &site).await, status(node, &site).await], ["miss", "ttl"]);
        }
        let other = a.post("/invalidate", &site.bearer(), &json!({ "tags": ["others"] })).await;
        assert_eq!((other.status, status(&b, &site).await), (200, "ttl".to_owned()));
        assert_eq!(a.post("/invalidate", &site.bearer(), &json!({ "tags": tags })).await.status, 200);
        assert_eq!([status(&a, &site).await, status(&b, &site).await], ["miss", "miss"]);
        assert_eq!(b.post("/invalidate", &site.bearer(), &json!({ "tags": "all" })).await.status, 200);
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_node_that_may_keep_old_answers_is_told_of_until_it_is_gone(db: PgPool) {
    let site = Site::configured(db).await;
    let a = site.node("us-east-1", Duration::ZERO).await;
    a.ready(&site).await;
    let silent = site.silent("us-west-1").await;
    assert_eq!(status(&a, &site).await, "miss");
    let all = json!({ "tags": "all" });
    let answer = a.post("/invalidate", &site.bearer(), &all).await;
    assert_eq!((answer.status, &answer.body["code"]), (503, &json!("P6008")), "{}", answer.body);
    assert!(answer.body["error"].as_str().unwrap().contains("us-west-1"), "{}", answer.body);
    assert_eq!(status(&a, &site).await, "miss", "here they have ended all the same");
    site.age(silent.id).await;
    assert_eq!(a.post("/invalidate", &site.bearer(), &all).await.status, 200);
}
