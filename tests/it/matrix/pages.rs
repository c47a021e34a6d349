//! Every page, asked for by everybody.

use super::ROUTES;
use super::routes::template;
use crate::console::Console;
use crate::world::{Who, World};
use http::StatusCode;
use sqlx::PgPool;
use std::collections::BTreeSet;

/// The routes of the app, with `{name}` for parameters.
fn registered() -> BTreeSet<String> {
    let routes = leptos_axum::generate_route_list(app::App);
    let written = |path: &str| {
        let parts =
            path.split('/').map(|part| part.strip_prefix(':').map_or(part.to_owned(), |name| format!("{{{name}}}")));
        parts.collect::<Vec<_>>().join("/")
    };
    routes.iter().map(|route| written(route.path())).collect()
}

#[tokio::test]
async fn every_page_has_a_row() {
    let listed: BTreeSet<_> = ROUTES.iter().map(|(route, _)| (*route).to_owned()).collect();
    assert_eq!(registered().difference(&listed).collect::<Vec<_>>(), Vec::<&String>::new(), "pages without a row");
    assert_eq!(listed.difference(&registered()).collect::<Vec<_>>(), Vec::<&String>::new(), "rows without a page");
    assert_eq!(listed.len(), ROUTES.len(), "one row each");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_page_is_shown_to_whom_it_is_for_and_nobody_else(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let before = console.state().await;
    for (route, whom) in ROUTES {
        for who in Who::ALL {
            let path = world.fill(&template(route), who);
            let answer = world.browser(&console, who).get(&path).await;
            match whom.refusal(who) {
                None => assert_eq!(answer.status, StatusCode::OK, "{route} by {who:?}"),
                Some(StatusCode::UNAUTHORIZED) => {
                    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{route} by {who:?}");
                    assert_eq!(answer.location(), format!("/sign-in?next={path}"), "{route} by {who:?}");
                }
                Some(refusal) => assert_eq!(answer.status, refusal, "{route} by {who:?}"),
            }
        }
    }
    assert!(console.state().await == before, "looking changed something");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn an_outsider_does_not_learn_whether_a_page_exists(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    for who in [Who::Outsider, Who::Operator] {
        for (route, _) in ROUTES.iter().filter(|(_, whom)| whom.refusal(who) == Some(StatusCode::NOT_FOUND)) {
            let mut stranger = world.browser(&console, who);
            let there = stranger.get(&world.fill(route, who)).await;
            let nowhere = stranger.get(&world.fill_unknown(route, &console.ctx)).await;
            assert_eq!((there.status, there.bytes.len()), (nowhere.status, nowhere.bytes.len()), "{route} by {who:?}");
        }
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn home_leads_to_what_the_visitor_has(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let org = world.fill("/orgs/{org}", Who::Owner);
    for (who, place) in
        [(Who::Anonymous, "/sign-in"), (Who::Viewer, &*org), (Who::Owner, &org), (Who::Operator, "/orgs/new")]
    {
        assert_eq!(world.browser(&console, who).get("/").await.location(), place, "{who:?}");
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn where_no_route_leads_there_is_a_page_that_says_so(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    for path in ["/nothing", "/orgs/not-an-id", "/keys/key_1/remove/again", "/%00"] {
        let answer = world.browser(&console, Who::Owner).get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.html().texts("h1"), ["Not found"], "{path}");
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn no_public_path_reaches_behind_the_login(db: PgPool) {
    let console = Console::new(db);
    World::new(&console).await;
    let paths = [
        "/invitations/%2e%2e",
        "/invitations/..%2faccount",
        "/invitations/%2e%2e%2faccount",
        "/verify-email/%2e%2e%2fadmin",
        "/reset-password/..%5caccount",
        "/invitations/%252e%252e%252faccount",
        "/sign-in/%2e%2e/account",
        "/sign-in//account",
        "//account",
        "/invitations/../account",
        "/sign-in;/account",
        "/sign-in%2f..%2faccount",
    ];
    for path in paths {
        let answer = console.browser().get(path).await;
        assert!(!answer.html().has("header.topbar"), "{path}: {}", answer.html().title());
    }
}
