//! Requests that come from elsewhere: other sites, and names that are not ours.

use crate::answer::Answer;
use crate::browser::{Browser, FORM};
use crate::console::Console;
use crate::world::{Who, World};
use axum::body::Body;
use http::Method;
use sqlx::PgPool;

type Header = (&'static str, &'static str);

const HOST: &str = "127.0.0.1:3000";

/// Renames the project with these headers beside the cookies.
async fn rename(browser: &mut Browser, world: &World, headers: &[Header]) -> Answer {
    let mut request = browser.request(Method::POST, "/api/projects/rename").header("content-type", FORM);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = format!("project={}&name=Renamed", world.names["project"]);
    browser.send(request.body(Body::from(body)).unwrap()).await
}

/// A page, asked for under another name.
async fn get_as(browser: &mut Browser, path: &str, host: &str) -> Answer {
    let mut request = browser.request(Method::GET, path).header("accept", "text/html").body(Body::empty()).unwrap();
    request.headers_mut().insert("host", host.parse().unwrap());
    browser.send(request).await
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_post_from_another_site_is_refused_and_changes_nothing(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let before = console.state().await;
    let refused: [&[Header]; 10] = [
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "none")],
        &[("sec-fetch-site", "cross-site"), ("origin", "http://127.0.0.1:3000")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", "https://127.0.0.1:3000.evil.example")],
        &[("origin", "http://localhost:3000")],
        &[("referer", "http://127.0.0.1:3000/projects")],
        &[],
    ];
    for headers in refused {
        let answer = rename(&mut world.browser(&console, Who::Owner), &world, headers).await;
        assert_eq!(answer.status, 403, "{headers:?}");
        assert!(console.state().await == before, "{headers:?}");
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_post_of_our_own_pages_is_accepted(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let own: [&[Header]; 3] = [
        &[("sec-fetch-site", "same-origin")],
        &[("origin", "http://127.0.0.1:3000")],
        &[("sec-fetch-site", "same-origin"), ("origin", "http://127.0.0.1:3000")],
    ];
    for headers in own {
        assert_eq!(rename(&mut world.browser(&console, Who::Owner), &world, headers).await.status, 200, "{headers:?}");
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_form_cannot_be_posted_by_a_get(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let before = console.state().await;
    let path = world.fill("projects/rename?project={project}&name=Renamed", Who::Owner);
    assert!(!world.browser(&console, Who::Owner).read(&path).await.status.is_success());
    assert!(console.state().await == before);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_name_that_is_not_ours_gets_nothing_for_its_cookies(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    for host in
        ["rebound.example", "rebound.example:3000", "127.0.0.1", "127.0.0.1:3001", "127.0.0.1:3000.evil.example", ""]
    {
        let answer = get_as(&mut world.browser(&console, Who::Owner), "/account", host).await;
        assert_eq!(answer.status, 403, "{host}");
        assert!(!answer.body().contains("owner@example.com"), "{host}");
    }
    for host in [HOST, "localhost:3000", "LOCALHOST:3000", "[::1]:3000"] {
        let answer = get_as(&mut world.browser(&console, Who::Owner), "/account", host).await;
        assert_eq!(answer.status, 200, "{host}");
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn without_cookies_any_name_will_do(db: PgPool) {
    let console = Console::new(db);
    for path in ["/sign-in", "/healthz", "/readyz"] {
        assert_eq!(get_as(&mut console.browser(), path, "10.0.0.7:3000").await.status, 200, "{path}");
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn an_https_console_is_posted_to_from_its_own_name(db: PgPool) {
    let console = Console::at(db, Some("https://console.example.com"));
    let world = World::new(&console).await;
    let cookie = world.browser(&console, Who::Owner).cookies["session"].clone();
    let browser = console.browser().with_cookie("__Host-session", &cookie);
    let own = rename(&mut browser.clone(), &world, &[("origin", "https://console.example.com")]).await;
    assert_eq!(own.status, 200, "{}", own.body());
    for origin in ["http://127.0.0.1:3000", "https://example.com", "https://console.example.com.evil.example"] {
        assert_eq!(rename(&mut browser.clone(), &world, &[("origin", origin)]).await.status, 403, "{origin}");
    }
}
