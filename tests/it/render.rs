//! Every page, rendered and read.

use crate::console::Console;
use crate::inspect::faults;
use crate::matrix::{ROUTES, template};
use crate::world::{DATABASE_PASSWORD, PASSWORD, Who, World, key_input};
use control::{Ctx, keys, projects, resources};
use sqlx::PgPool;
use std::collections::{BTreeMap, BTreeSet};

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
            let who = whom.visitor();
            let answer = world.browser(&console, who).get(&world.fill(&template(route), who)).await;
            assert_eq!(answer.status, 200, "{route}");
            assert_eq!(faults(&answer, &answer.html()), Vec::<String>::new(), "{route}");
        }
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn every_page_warns_where_passwords_cross_the_network_in_the_clear(db: PgPool) {
    const WARNING: &str = "This console is served over plain http";
    let console = Console::insecure(db.clone(), "http://console.example.com");
    let world = World::new(&console).await;
    for (route, whom) in ROUTES {
        let who = whom.visitor();
        let page = world.browser(&console, who).get(&world.fill(&template(route), who)).await.html();
        assert!(page.text("body").contains(WARNING), "{route}");
    }
    let safe = Console::insecure(db, "https://console.example.com").browser().get("/sign-in").await.html();
    assert!(!safe.text("body").contains(WARNING));
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
