//! Requests between nodes, and those that only look like them.

use super::{Node, Site, header};
use crate::tls;
use axum::Router;
use axum::routing::post;
use axum::serve::{Listener, ListenerExt};
use bytes::Bytes;
use control::Rng;
use control::gateways::Gateway;
use control::gateways::proof::{Asked, moment, prove};
use control::vault::Vault;
use http::{HeaderMap, Method};
use pentaprism::boot::tls::TlsListener;
use pentaprism::nodes::Unanswered;
use secrecy::SecretSlice;
use serde_json::{Value, json};
use sqlx::PgPool;
use std::net::Ipv4Addr;
use std::time::Duration;
use time::Duration as Span;
use tokio::net::TcpListener;

const PATH: &str = "/node/invalidate";

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_forged_stale_or_misled_request_is_refused(db: PgPool) {
    let site = Site::configured(db).await;
    let (a, b) = (site.node("us-east-1", Duration::ZERO).await, site.node("eu-west-3", Duration::ZERO).await);
    let ctx = site.ctx();
    let body = json!({ "resource": site.resource, "tags": ["a"] });
    let text = body.to_string();
    let asked =
        Asked { method: "POST", path: PATH, body: text.as_bytes(), authorization: b"", client: None, to: a.own.id };
    let now = moment(ctx.now());
    let headers = |vault: &Vault, asked: &Asked<'_>, time: i64| {
        let (proof, client) = (prove(vault, asked, time), asked.client.map(|client| client.to_string()));
        let client = client.unwrap_or_default();
        format!(
            "pentaprism-node-proof: {proof}\r\npentaprism-node-time: {time}\r\npentaprism-node-client: {client}\r\n"
        )
    };
    let good = headers(&ctx.vault, &asked, now);
    assert_eq!(a.post(PATH, &good, &body).await.status, 204);

    let stranger = Vault::new(&SecretSlice::from(vec![9; 32]), Rng::seeded(1)).unwrap();
    let spoofed = good.replace("node-client: ", "node-client: 203.0.113.9");
    for (what, headers) in [
        ("no proof", String::new()),
        ("another installation's", headers(&stranger, &asked, now)),
        ("of yesterday", headers(&ctx.vault, &asked, now - 31_000)),
        ("of tomorrow", headers(&ctx.vault, &asked, now + 31_000)),
        ("another time than proven", good.replace(&now.to_string(), &(now + 1).to_string())),
        ("for another node", headers(&ctx.vault, &Asked { to: b.own.id, ..asked }, now)),
        ("for another path", headers(&ctx.vault, &Asked { path: "/node/measure", ..asked }, now)),
        ("by another method", headers(&ctx.vault, &Asked { method: "PUT", ..asked }, now)),
        ("another body", headers(&ctx.vault, &Asked { body: b"{}", ..asked }, now)),
        ("with a key that was not proven", format!("{good}{}", site.bearer())),
        ("for another client", spoofed),
    ] {
        let answer = a.post(PATH, &headers, &body).await;
        assert_eq!(answer.status, 403, "{what}: {}", answer.body);
        assert!(header(&answer, "content-type").contains("json"), "{what}");
    }
    // The same time, later.
    ctx.clock.advance(Span::seconds(31));
    assert_eq!(a.post(PATH, &good, &body).await.status, 403);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn what_was_passed_on_is_not_passed_on_again(db: PgPool) {
    let site = Site::configured(db).await;
    let (a, b) = (site.node("us-east-1", Duration::ZERO).await, site.node("eu-west-3", Duration::ZERO).await);
    a.ready(&site).await;
    b.ready(&site).await;
    // An id of B, sent to A by B as if A held it: A must look for it at home.
    let path = format!("/transaction/{:08x}-0000-8000-8000-000000000000/commit", b.own.number);
    let mut headers = HeaderMap::new();
    headers.insert("authorization", format!("Bearer {}", site.key).parse().unwrap());
    let client = Some(Ipv4Addr::LOCALHOST.into());
    let asked = b.parts.nodes.ask(&a.own, Method::POST, &path, headers, client, Bytes::new());
    let answer = tokio::time::timeout(Duration::from_secs(5), asked).await.unwrap().unwrap();
    assert_eq!(answer.status(), 409);
    let text = axum::body::to_bytes(answer.into_body(), 10_000).await.unwrap();
    let body: Value = serde_json::from_slice(&text).unwrap();
    assert!(body["error"].as_str().unwrap().contains("or was obtained before disconnecting"), "{body}");
    let another = Gateway { id: b.own.id, ..a.own.clone() };
    let passed = b.parts.nodes.ask(&another, Method::POST, PATH, HeaderMap::new(), None, Bytes::new());
    assert!(matches!(passed.await, Err(Unanswered::Refused)), "another node answers at this address by now");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_node_is_known_by_its_certificate_alone(db: PgPool) {
    let site = Site::configured(db).await;
    let b = site.node("eu-west-3", Duration::ZERO).await;
    let folder = tls::made();
    let certificate = tls::of(folder.path());
    let listener = TlsListener::new(
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap(),
        certificate.server_config().unwrap(),
    );
    let url = format!("https://{}", Listener::local_addr(&listener).unwrap());
    let router = Router::new().route(PATH, post(|| std::future::ready("done")));
    tokio::spawn(axum::serve(listener.tap_io(|_| ()), router).into_future());

    let node = Gateway::new(&site.ctx().rng, "us-east-1".into(), Some(url), "https://a.example.com".into());
    let ask = async |certificate| {
        let node = Gateway { certificate, ..node.clone() };
        b.parts.nodes.ask(&node, Method::POST, PATH, HeaderMap::new(), None, Bytes::new()).await
    };
    assert!(ask(Some(certificate.fingerprint())).await.is_ok());
    for wrong in [None, Some([0; 32])] {
        assert!(matches!(ask(wrong).await, Err(Unanswered::Unreached(_))), "{wrong:?}");
    }
    assert!(ask(Some(certificate.fingerprint())).await.is_ok());
}

/// The one that a node without an address is told.
#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_node_without_an_address_is_not_reached(db: PgPool) {
    let site = Site::configured(db).await;
    let a: Node = site.node("us-east-1", Duration::ZERO).await;
    let hidden = Gateway::new(&site.ctx().rng, "us-east-1".into(), None, "https://a.example.com".into());
    let asked = a.parts.nodes.ask(&hidden, Method::POST, PATH, HeaderMap::new(), None, Bytes::new()).await;
    assert!(asked.unwrap_err().to_string().contains("data.node_url"));
}
