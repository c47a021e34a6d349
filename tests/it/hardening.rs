//! What nobody notices while it holds: defences of `docs/SECURITY.md` that no feature would show the loss of.

use crate::console::Console;
use crate::matrix::ROUTES;
use crate::program::Program;
use crate::world::{Who, World};
use axum::body::Body;
use http::Method;
use pentaprism::boot::config::{Config, DEFAULTS};
use sqlx::PgPool;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// What has not come by then, with all of the request there at once, does not come.
const QUIET: Duration = Duration::from_secs(3);

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn every_text_names_its_charset(db: PgPool) {
    let console = Console::new(db);
    let mut visitor = console.browser();
    let style = visitor.get("/sign-in").await.html().attrs("link[rel=stylesheet]", "href").remove(0);
    for path in ["/sign-in", "/nothing", "/healthz", &style, "/favicon.svg"] {
        let answer = visitor.get(path).await;
        let kind = answer.header("content-type").to_lowercase();
        let named = kind.ends_with("charset=utf-8") || ["application/json", "image/svg+xml"].contains(&&*kind);
        assert!(answer.bytes.is_empty() || named, "{path}: {kind}");
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn folders_are_not_listed_requests_not_traced_and_figures_not_shown(db: PgPool) {
    let console = Console::new(db);
    let owner = World::new(&console).await.browser(&console, Who::Owner);
    for path in ["/pkg", "/pkg/", "/fonts/", "/pkg/..%2f", "/metrics", "/.git/config", "/.env"] {
        assert_eq!(owner.clone().get(path).await.status, 404, "{path}");
    }
    for method in [Method::TRACE, Method::CONNECT] {
        let request = owner.request(method.clone(), "/account").header("sec-fetch-site", "same-origin");
        let answer = owner.clone().send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, 405, "{method}");
        assert!(!answer.body().contains("session="), "{method}");
    }
    let config: Config = toml::from_str(DEFAULTS).unwrap();
    assert!(config.metrics.listen.ip().is_loopback());
}

/// What one reader takes for a request's end and the next for its middle is refused, or ends the connection.
#[sqlx::test]
async fn requests_of_two_lengths_smuggle_nothing(db: PgPool) {
    let program = Program::new(&db);
    let server = program.serve().await;
    let hidden = "GET /smuggled HTTP/1.1\r\nhost: localhost\r\n\r\n";
    for (head, body) in [
        (format!("content-length: 0\r\ncontent-length: {}\r\n", hidden.len()), hidden.to_owned()),
        ("transfer-encoding: xchunked\r\n".into(), hidden.into()),
        ("transfer-encoding: identity, chunked, identity\r\n".into(), hidden.into()),
        ("content-length : 0\r\n".into(), hidden.into()),
        ("content-length: +0\r\n".into(), hidden.into()),
        (" content-length: 0\r\n".into(), hidden.into()),
        ("transfer-encoding: chunked\r\n".into(), format!("0x0\r\n\r\n{hidden}")),
    ] {
        let mut connection = TcpStream::connect(server.console).await.unwrap();
        let request = format!("POST /sign-in HTTP/1.1\r\nhost: localhost\r\n{head}\r\n{body}");
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut heard = Vec::new();
        // A connection that stays open waits for another request; a second answer would come with the first.
        let _reset_or_open = timeout(QUIET, connection.read_to_end(&mut heard)).await;
        let heard = String::from_utf8_lossy(&heard);
        assert!(heard.is_empty() || heard.starts_with("HTTP/1.1 400"), "{head}{heard}");
        assert_eq!(heard.matches("HTTP/1.1").count(), usize::from(!heard.is_empty()), "{head}{heard}");
    }
    let (status, _) = server.end().await;
    assert!(status.success());
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn passwords_are_masked_and_left_to_the_browsers_own_help(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let mut seen = 0;
    for (path, who) in [("/sign-in", None), ("/sign-up", None), ("/account/security", Some(Who::Owner))] {
        let mut browser = who.map_or_else(|| console.browser(), |who| world.browser(&console, who));
        let page = browser.get(path).await.html();
        for field in page.all("input[name*=password]") {
            seen += 1;
            assert_eq!(field.attr("type"), Some("password"), "{path}");
            assert!(matches!(field.attr("autocomplete"), Some("current-password" | "new-password")), "{path}");
        }
        assert!(
            !page.elements().any(|element| element.value().attrs().any(|(name, _)| name.starts_with("on"))),
            "{path}"
        );
    }
    assert!(seen >= 4, "{seen} fields");
}

/// A function takes what it names, from the body alone, once.
#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn further_doubled_and_misplaced_arguments_change_nothing(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let mut owner = world.browser(&console, Who::Owner);
    let names = "select string_agg(name, ',' order by created_at desc) from organization where name like 'Taken%'";
    owner.call("orgs/create?name=Taken%20from%20the%20query", "name=Taken&accelerate=on&pulse=on&role=operator").await;
    assert_eq!(sqlx::query_scalar::<_, String>(names).fetch_one(&console.ctx.db).await.unwrap(), "Taken");
    let given = "select (accelerate_access, pulse_access)::text from organization where name = 'Taken'";
    let usual = "select (accelerate_access, pulse_access)::text from organization where name <> 'Taken' limit 1";
    let mut access = Vec::new();
    for query in [given, usual] {
        access.push(sqlx::query_scalar::<_, String>(query).fetch_one(&console.ctx.db).await.unwrap());
    }
    assert_eq!(access[0], access[1]);
    let doubled = owner.call("orgs/create", "name=Taken%20first&name=Taken%20second").await;
    assert!(doubled.status.is_client_error(), "{}", doubled.status);
    assert_eq!(sqlx::query_scalar::<_, String>(names).fetch_one(&console.ctx.db).await.unwrap(), "Taken");
}

/// Hashes, sealed values and other people's settings stay on the server, whatever a page shows of a row.
#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn no_page_carries_what_it_does_not_show(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let secrets = "select password_hash from user_account union all select encode(key_hash, 'hex') from api_key
                   union all select encode(connection_string, 'hex') from resource where connection_string is not null";
    let secrets: Vec<String> = sqlx::query_scalar(secrets).fetch_all(&console.ctx.db).await.unwrap();
    assert!(secrets.len() >= 3, "{}", secrets.len());
    for (path, whom) in ROUTES {
        let who = whom.visitor();
        let answer = world.browser(&console, who).get(&world.fill(path, who)).await;
        let body = answer.body();
        assert!(secrets.iter().all(|secret| !body.contains(secret)), "{path}");
        assert!(!body.contains("$argon2"), "{path}");
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_session_is_named_by_sixteen_random_bytes(db: PgPool) {
    let console = Console::new(db);
    let mut names = BTreeSet::new();
    for person in 0..8 {
        let mut browser = console.browser();
        browser.sign_up(&format!("Person{person}")).await;
        let name = browser.cookies["session"].clone();
        assert_eq!(name.len(), 22, "16 bytes in base64url: {name}");
        names.insert(name);
    }
    assert_eq!(names.len(), 8);
}

/// Nothing of a page may come from another origin, and nothing may go to one.
#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn the_policy_names_no_other_origin(db: PgPool) {
    let answer = Console::new(db).browser().get("/sign-in").await;
    for directive in answer.header("content-security-policy").split(';') {
        for source in directive.split_whitespace().skip(1) {
            let own = source.starts_with('\'') && source.ends_with('\'') || source == "data:";
            assert!(own, "{directive}");
        }
    }
    let page = answer.html();
    for (selector, name) in [("[src]", "src"), ("link", "href"), ("form", "action")] {
        let elsewhere: Vec<_> = page.attrs(selector, name).into_iter().filter(|url| url.contains("//")).collect();
        assert!(elsewhere.is_empty(), "{elsewhere:?}");
    }
}
