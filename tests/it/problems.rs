//! Pages that tell of a problem: whole, with the status they show.

use crate::answer::Answer;
use crate::browser::Browser;
use crate::console::Console;
use crate::inspect::faults;
use crate::world::{Who, World};
use axum::Router;
use axum::middleware::from_fn;
use axum::routing::get;
use pentaprism::web::recover::recover;
use sqlx::PgPool;

/// It stands alone: no skip link, so nothing that one could lead to.
fn is_whole(answer: &Answer, status: u16, title: &str) {
    assert_eq!(answer.status, status, "{title}");
    let page = answer.html();
    assert_eq!(page.texts("h1"), [title]);
    assert_eq!(page.texts("main p.font-mono"), [status.to_string()], "{title} shows the status it has");
    let faults = faults(answer, &page).into_iter().filter(|fault| !fault.ends_with("main#content, main #content"));
    assert_eq!(faults.collect::<Vec<_>>(), Vec::<String>::new(), "{title}");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn what_is_not_there_is_a_page(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    for (who, path) in [
        (Who::Owner, "/nothing"),
        (Who::Owner, "/admin"),
        (Who::Outsider, "/orgs/{org}"),
        (Who::Anonymous, "/invitations/none"),
    ] {
        is_whole(&world.browser(&console, who).get(&world.fill(path, who)).await, 404, "Not found");
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn what_is_refused_and_what_is_gone_are_pages(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let mut owner = world.browser(&console, Who::Owner);
    let foreign = owner.request(http::Method::POST, "/api/account/rename").header("accept", "text/html");
    let foreign = foreign.header("sec-fetch-site", "cross-site").body(String::new().into()).unwrap();
    is_whole(&owner.send(foreign).await, 403, "Not allowed");
    console.ctx.db.close().await;
    is_whole(&owner.get("/account").await, 503, "Not available right now");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn whoever_tries_links_without_end_is_told_to_wait(db: PgPool) {
    let console = Console::new(db);
    let mut anyone = console.browser();
    for n in 0..200 {
        let answer = anyone.get(&format!("/reset-password/guess-{n}")).await;
        if answer.status == 429 {
            return is_whole(&answer, 429, "Too many requests");
        }
        assert_eq!(answer.status, 404);
    }
    panic!("nobody stops to answer");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_panic_costs_one_request_and_is_a_page_or_a_problem(db: PgPool) {
    // Makes what pages are rendered with.
    Console::new(db);
    let broken = async || -> () { panic!("on purpose") };
    let router = Router::new().route("/broken", get(broken)).route("/api/broken", get(broken)).layer(from_fn(recover));
    let mut browser = Browser::new(router, "127.0.0.1:3000", ([127, 0, 0, 1], 40_000).into());
    for _ in 0..2 {
        is_whole(&browser.get("/broken").await, 500, "Something failed");
        assert_eq!(browser.read("broken").await.problem().code, kernel::ProblemCode::Internal);
    }
}
