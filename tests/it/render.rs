//! Every page, rendered and read.

use crate::console::Console;
use crate::inspect::faults;
use crate::matrix::{ROUTES, template};
use crate::world::{DATABASE_PASSWORD, PASSWORD, Who, World, key_input};
use control::{Ctx, keys, projects, resources};
use sqlx::PgPool;
use std::collections::{BTreeMap, BTreeSet};

/// Whoever sees most of a page.
fn best(whom: crate::matrix::For) -> Who {
    [Who::Owner, Who::Operator].into_iter().find(|who| whom.refusal(*who).is_none()).unwrap_or(Who::Anonymous)
}

/// More than one of everything: lists, pages of a list, keys in each state.
async fn furnish(ctx: &Ctx, world: &World) {
    let owner = world.actor(Who::Owner);
    for n in 0..30 {
        projects::create::create(ctx, owner, world.org, &format!("Project {n}")).await.unwrap();
    }
    let staging = resources::create::create(ctx, owner, world.project, "Staging", None).await.unwrap();
    for name in ["staging", "disabled"] {
        let input =
            keys::create::CreateKeyInput { resource: Some(staging), expires_in_days: "30".into(), ..key_input(name) };
        let key = keys::create::create(ctx, owner, world.project, input).await.unwrap();
        keys::edit::set_enabled(ctx, owner, key.id, name != "disabled").await.unwrap();
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn every_page_is_whole(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    for furnished in [false, true] {
        if furnished {
            furnish(&console.ctx, &world).await;
        }
        for (route, whom) in ROUTES {
            let who = best(*whom);
            let answer = world.browser(&console, who).get(&world.fill(&template(route), who)).await;
            assert_eq!(answer.status, 200, "{route}");
            assert_eq!(faults(&answer, &answer.html()), Vec::<String>::new(), "{route}");
        }
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn every_link_leads_to_a_page_and_no_page_shows_a_secret(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    furnish(&console.ctx, &world).await;
    for who in [Who::Owner, Who::Viewer, Who::Operator, Who::Anonymous] {
        let pages = crawl(&console, &world, who).await;
        assert!(pages.len() >= 4, "{who:?} sees {:?}", pages.keys());
        for (path, body) in &pages {
            for secret in [PASSWORD, DATABASE_PASSWORD, &world.key_text, "$argon2"] {
                assert!(!body.contains(secret), "{path} shows {secret} to {who:?}");
            }
        }
        let titles: BTreeSet<_> =
            pages.values().filter_map(|body| body.split("<title>").nth(1)?.split('<').next()).collect();
        assert!(titles.len() >= 3, "pages have titles of their own: {titles:?}");
    }
}

/// All that can be reached by links from the home page, each answered with 200.
async fn crawl(console: &Console, world: &World, who: Who) -> BTreeMap<String, String> {
    let mut browser = world.browser(console, who);
    let (mut pages, mut waiting) = (BTreeMap::new(), vec!["/".to_owned()]);
    while let Some(path) = waiting.pop() {
        if pages.contains_key(&path) {
            continue;
        }
        let answer = browser.visit(&path).await;
        assert_eq!(answer.status, 200, "{path} for {who:?}");
        let page = answer.html();
        let links = page.attrs("a[href], link[href]", "href").into_iter().chain(page.attrs("[src]", "src"));
        let own = links
            .filter(|link| link.starts_with('/'))
            .map(|link| link.split('#').next().unwrap_or_default().to_owned());
        waiting.extend(own);
        pages.insert(path, answer.body());
    }
    pages
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_page_that_tells_of_a_problem_is_whole_too(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    for (who, path) in [
        (Who::Owner, "/nothing"),
        (Who::Owner, "/admin"),
        (Who::Outsider, "/orgs/{org}"),
        (Who::Anonymous, "/invitations/none"),
    ] {
        let answer = world.browser(&console, who).get(&world.fill(path, who)).await;
        assert_eq!(answer.status, 404, "{path}");
        // It stands alone: no skip link, so nothing that one could lead to.
        let faults: Vec<_> = faults(&answer, &answer.html())
            .into_iter()
            .filter(|fault| !fault.ends_with("main#content, main #content"))
            .collect();
        assert_eq!(faults, Vec::<String>::new(), "{path}");
    }
}
