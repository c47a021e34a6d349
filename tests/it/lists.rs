//! Lists: their order, their pages and what is searched for stand in the URL, and stay while one of them changes.

use crate::answer::Page;
use crate::browser::Browser;
use crate::console::Console;
use crate::world::{Who, World, join, key_input, user};
use control::{keys, orgs, projects};
use kernel::Role;
use sqlx::PgPool;
use time::Duration;

/// A list, who looks at it, what its column of times is called, and how its things are named: thirty of them, made in this order.
struct List {
    path: String,
    who: Who,
    time: &'static str,
    names: Vec<String>,
}

/// `item-00` to `item-29`, in an order that is neither their own nor its reverse; one a minute.
async fn thirty(console: &Console, world: &World) -> Vec<List> {
    let (ctx, owner) = (&console.ctx, world.actor(Who::Owner));
    let names: Vec<_> = (0..30).map(|n| format!("item-{:02}", n * 7 % 30)).collect();
    for name in &names {
        ctx.clock.advance(Duration::minutes(1));
        projects::create::create(ctx, owner, world.org, name).await.unwrap();
        keys::create::create(ctx, owner, world.project, key_input(name)).await.unwrap();
        let member = user(ctx, name, false).await;
        join(ctx, world.org, member, Role::Viewer).await;
        orgs::create::create(ctx, owner, name).await.unwrap();
    }
    let list = |path: &str, who, time| List { path: world.fill(path, who), who, time, names: names.clone() };
    vec![
        list("/orgs/{org}", Who::Owner, "Created"),
        list("/projects/{project}/settings/keys", Who::Owner, "Created"),
        list("/orgs/{org}/members", Who::Owner, "Joined"),
        list("/admin", Who::Operator, "Created"),
        list("/admin/organizations", Who::Operator, "Created"),
    ]
}

/// The things of the list, without what else a page lists.
fn rows(page: &Page) -> Vec<String> {
    let names = page.texts("tbody th");
    names
        .iter()
        .filter(|name| name.starts_with("item-"))
        .map(|name| name.chars().take("item-00".len()).collect())
        .collect()
}

/// Where a column's heading or a page's link leads.
fn link(page: &Page, selector: &str, text: &str) -> String {
    let links = page.all(selector);
    let found = links.iter().find(|link| link.text().collect::<String>().contains(text));
    found.and_then(|link| link.attr("href")).unwrap_or_else(|| panic!("no {text}")).to_owned()
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_list_is_sorted_searched_and_paged_by_its_url(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    for list in thirty(&console, &world).await {
        let mut browser = world.browser(&console, list.who);
        let sorted = {
            let mut names = list.names.clone();
            names.sort();
            names
        };
        let newest: Vec<_> = list.names.iter().rev().cloned().collect();
        let name_descending: Vec<_> = sorted.iter().rev().cloned().collect();
        // By the headings, as a person comes to each order.
        let start = format!("{}?q=item", list.path);
        let page = both_pages(&mut browser, &start, &newest).await;
        let by_name = link(&page, "th a", "Name");
        let page = both_pages(&mut browser, &by_name, &sorted).await;
        assert_eq!(page.attrs("th[aria-sort]", "aria-sort"), ["ascending"], "{by_name}");
        let turned = link(&page, "th a", "Name");
        let page = both_pages(&mut browser, &turned, &name_descending).await;
        assert_eq!(page.attrs("th[aria-sort]", "aria-sort"), ["descending"], "{turned}");
        let by_time = link(&page, "th a", list.time);
        both_pages(&mut browser, &by_time, &list.names).await;
    }
}

/// The first page at this address and the one that "Next" leads to: together they list all thirty in this order.
async fn both_pages(browser: &mut Browser, path: &str, names: &[String]) -> Page {
    let first = browser.get(path).await.html();
    assert_eq!(rows(&first), names[..25], "{path}");
    assert_eq!(first.value("input[type=search]").as_deref(), Some("item"), "{path}");
    let next = link(&first, "nav a", "Next");
    let second = browser.get(&next).await.html();
    assert_eq!(rows(&second), names[25..], "{next}");
    assert_eq!(second.value("input[type=search]").as_deref(), Some("item"), "{next}");
    first
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_search_that_finds_nothing_says_so_and_leads_back(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    for list in thirty(&console, &world).await {
        let page = world.browser(&console, list.who).get(&format!("{}?q=nothing+like+it", list.path)).await.html();
        assert_eq!(rows(&page), Vec::<String>::new(), "{}", list.path);
        assert!(page.attrs("main a", "href").contains(&list.path), "{} leads nowhere", list.path);
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn what_is_done_to_a_key_leads_back_to_the_list_it_was_seen_in(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let (ctx, actor) = (&console.ctx, world.actor(Who::Owner));
    let resource = world.names["resource"].parse().unwrap();
    let [of_project, of_resource] =
        ["/projects/{project}/settings/keys", "/resources/{resource}/keys"].map(|path| world.fill(path, Who::Owner));
    let mut owner = world.browser(&console, Who::Owner);
    for (list, verb) in [(&of_project, "Remove API key"), (&of_resource, "Delete")] {
        let input = keys::create::CreateKeyInput { resource: Some(resource), ..key_input("scoped") };
        let key = keys::create::create(ctx, actor, world.project, input).await.unwrap().id.to_string();
        let page = owner.get(list).await.html();
        assert_eq!(field(&page, &format!("dialog[id*={key}]"), "from"), from(list, &of_project), "{list}");

        // Without a script every link is a page.
        let page = owner.get(&link(&page, "tbody th a", "scoped")).await.html();
        assert_eq!(link(&page, "main a", "All API keys"), **list);
        let rotate = owner.get(&link(&page, "main a", "Rotate")).await.html();
        assert_eq!(field(&rotate, "main", "from"), from(list, &of_project));
        let page = owner.get(&link(&page, "main a", verb)).await.html();
        assert_eq!(page.texts("main button[type=submit]"), [verb], "{list}");
        let from = field(&page, "main", "from");
        owner.submit("keys/remove", &[("key", &key), ("from", &from)]).await;
        assert_eq!(owner.at, **list);
    }
}

fn from(list: &str, of_project: &str) -> String {
    if list == of_project { "project".into() } else { String::new() }
}

fn field(page: &Page, within: &str, name: &str) -> String {
    page.value(&format!("{within} input[name={name}]")).unwrap_or_else(|| panic!("no {name} within {within}"))
}
