//! The command palette leads everywhere: a page that it does not know is red.

use crate::console::Console;
use crate::matrix::{ROUTES, template};
use crate::world::{Who, World};
use app::model::palette::Item;
use sqlx::PgPool;
use std::collections::BTreeSet;

/// For whoever is not signed in, with the token of a link, or one step behind a row of a list that is searched by itself or behind what is configured.
const NOT_OFFERED: [&str; 21] = [
    "/sign-in",
    "/sign-in/code",
    "/sign-up",
    "/check-mail",
    "/forgot-password",
    "/reset-password/{token}",
    "/verify-email/{token}",
    "/invitations/{token}",
    "/orgs/{org}/members/{user}",
    "/orgs/{org}/members/{user}/remove",
    "/keys/{key}/remove",
    "/keys/{key}/rotate",
    "/resources/{resource}/accelerate/disable",
    "/resources/{resource}/pulse/delete-stream",
    "/resources/{resource}/pulse/disable",
    "/resources/{resource}/pulse/replay-stream",
    "/admin/users/{user}",
    "/admin/users/{user}/delete",
    "/admin/organizations/{org}",
    "/admin/plans/{plan}",
    "/admin/plans/{plan}/delete",
];

async fn items(console: &Console, world: &World, who: Who) -> Vec<Item> {
    let answer = world.browser(console, who).read("palette").await;
    assert_eq!(answer.status, 200);
    serde_json::from_slice(&answer.bytes).unwrap()
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn every_page_is_offered_to_whom_it_is_for(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let mut offered = BTreeSet::new();
    for who in [Who::Owner, Who::Operator] {
        offered.extend(items(&console, &world, who).await.into_iter().map(|item| item.href));
    }
    let filled = |route: &str| world.fill(&template(route), Who::Owner);
    let missing: Vec<_> =
        ROUTES.iter().map(|(route, _)| *route).filter(|route| !offered.contains(&filled(route))).collect();
    assert_eq!(missing.iter().collect::<BTreeSet<_>>(), NOT_OFFERED.iter().collect::<BTreeSet<_>>());
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn what_is_offered_is_there_and_may_be_done(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    for who in [Who::Viewer, Who::Developer, Who::Admin, Who::Owner, Who::Operator] {
        let mut browser = world.browser(&console, who);
        let page = browser.get("/help").await.html();
        let forms = page.attrs("form[method=post]", "action");
        for item in items(&console, &world, who).await {
            if item.posts {
                assert!(forms.contains(&item.href), "{} of {who:?} has no form", item.label);
                continue;
            }
            let answer = browser.get(&item.href).await;
            assert_eq!(answer.status, 200, "{} of {who:?}", item.href);
            let refused = item.group == "Actions" && answer.html().text("main").contains("Your role");
            assert!(!refused, "{} is offered to {who:?}", item.href);
        }
    }
}
