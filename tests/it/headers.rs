//! Headers of every answer, and the files that never change.

use crate::answer::Answer;
use crate::browser::Browser;
use crate::console::Console;
use crate::inspect::nonce;
use crate::world::{Who, World};
use axum::body::Body;
use http::Method;
use sqlx::PgPool;
use std::collections::BTreeSet;

/// One answer of each kind: pages, problems, redirects, server functions, refusals, files, health.
async fn answers(console: &Console, world: &World) -> Vec<(String, Answer)> {
    let mut owner = world.browser(console, Who::Owner);
    let mut answers = Vec::new();
    for path in ["/sign-in", "/account", "/nothing", "/", "/healthz", "/readyz", "/favicon.svg"] {
        answers.push((format!("owner {path}"), owner.get(path).await));
        answers.push((format!("anonymous {path}"), console.browser().get(path).await));
    }
    answers.push(("a form".into(), owner.post("orgs/create", &[("name", "")]).await));
    answers.push(("a call".into(), owner.call("orgs/create", "name=").await));
    answers.push(("a broken call".into(), owner.call("orgs/create", "").await));
    answers.push(("no such call".into(), owner.call("nothing", "").await));
    answers.push(("a read".into(), owner.read("palette").await));
    answers.push(("a call of nobody".into(), console.browser().call("orgs/create", "name=x").await));
    let foreign = owner.request(Method::POST, "/api/orgs/create").body(Body::empty()).unwrap();
    answers.push(("a foreign call".into(), owner.send(foreign).await));
    let delete =
        owner.request(Method::DELETE, "/account").header("sec-fetch-site", "same-origin").body(Body::empty()).unwrap();
    answers.push(("a method".into(), owner.send(delete).await));
    answers
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn every_answer_carries_the_security_headers(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    for (name, answer) in answers(&console, &world).await {
        assert!(answer.status.as_u16() < 500, "{name}: {}", answer.status);
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{name}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{name}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{name}");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{name}: {policy}");
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{name}: {policy}");
        if !name.ends_with("favicon.svg") {
            assert_eq!(answer.header("cache-control"), "no-store", "{name}");
        }
        assert_eq!(answer.header("server"), "", "{name}");
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn every_page_has_a_nonce_of_its_own(db: PgPool) {
    let console = Console::new(db);
    let mut nonces = BTreeSet::new();
    for _ in 0..5 {
        let answer = console.browser().get("/sign-in").await;
        let page = answer.html();
        assert!(nonce(&answer).len() >= 22, "{}", nonce(&answer));
        assert!(page.attrs("script", "nonce").iter().all(|value| *value == nonce(&answer)));
        assert_eq!(page.all("script").len(), page.attrs("script", "nonce").len());
        nonces.insert(nonce(&answer));
    }
    assert_eq!(nonces.len(), 5);
}

async fn file(browser: &mut Browser, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request =
        headers.iter().fold(browser.request(Method::GET, path), |request, (name, value)| request.header(*name, *value));
    browser.send(request.body(Body::empty()).unwrap()).await
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn files_with_a_hash_are_kept_forever_and_asked_for_once(db: PgPool) {
    let console = Console::new(db);
    let mut browser = console.browser();
    let page = browser.get("/sign-in").await.html();
    let files = page.attrs("link[href^='/pkg/'], link[href^='/fonts/']", "href");
    assert!(files.len() >= 2, "{files:?}");
    for path in files {
        let whole = file(&mut browser, &path, &[]).await;
        assert_eq!((whole.status.as_u16(), whole.header("content-encoding")), (200, ""), "{path}");
        assert_eq!(whole.header("cache-control"), "public, max-age=31536000, immutable", "{path}");
        assert_eq!(whole.header("vary"), "accept-encoding", "{path}");
        let again = file(&mut browser, &path, &[("if-none-match", whole.header("etag"))]).await;
        assert_eq!((again.status.as_u16(), again.bytes.len()), (304, 0), "{path}");
        let changed = file(&mut browser, &path, &[("if-none-match", "\"other\"")]).await;
        assert_eq!(changed.status, 200, "{path}");
    }
    assert_eq!(file(&mut browser, "/pkg/nothing.css", &[]).await.status, 303, "no such file: the login stands before");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn files_are_sent_in_the_best_encoding_that_is_understood(db: PgPool) {
    let console = Console::new(db);
    let mut browser = console.browser();
    let page = browser.get("/sign-in").await.html();
    let style = page.attrs("link[rel=stylesheet]", "href").remove(0);
    let plain = file(&mut browser, &style, &[]).await;
    for (accepted, encoding) in
        [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("identity", ""), ("zstd", "")]
    {
        let answer = file(&mut browser, &style, &[("accept-encoding", accepted)]).await;
        assert_eq!(answer.header("content-encoding"), encoding, "{accepted}");
        assert_eq!(answer.header("content-type"), plain.header("content-type"), "{accepted}");
        assert_eq!(answer.bytes.len() < plain.bytes.len(), !encoding.is_empty(), "{accepted}");
    }
}
