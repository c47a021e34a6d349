//! Two hundred script payloads in every text field and every cell: none becomes an element or an attribute.
//!
//! A page is compared with itself holding plain texts: the same elements with the same attributes, whatever the texts are.

use crate::answer::Answer;
use crate::browser::Browser;
use crate::console::Console;
use crate::inspect::{faults, skeleton};
use crate::matrix::{For, ROUTES, template};
use crate::world::{Who, World};
use sqlx::PgPool;
use std::collections::BTreeMap;

/// How a payload leaves the text, the attribute or the element that it was put into.
const CONTEXTS: [&str; 10] =
    ["", "\">", "'>", "\" ", "</title>", "</textarea>", "</script>", "</option></select>", "-->", "{{x}}`]]>"];

/// What it does there, plain and in other spellings.
const ATTACKS: [&str; 20] = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//e.example>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script>",
    "<iframe srcdoc='<script>'>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href=\"jav&#x09;ascript:x\">y</a>",
    "javascript:alert(1)",
    "onfocus=alert(1) autofocus x=",
    "onmouseover='alert(1)' style='x:y",
    "<details open ontoggle=alert(1)>",
    "<form action=//e.example><input>",
    "<base href=//e.example>",
    "<meta http-equiv=refresh content=0>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "\\u003cscript\\u003ealert(1)",
    "<math><mi xlink:href=data:x,y>",
];

fn payloads() -> Vec<String> {
    CONTEXTS.iter().flat_map(|context| ATTACKS.map(|attack| format!("{context}{attack}"))).collect()
}

#[test]
fn there_are_two_hundred_and_each_is_a_name() {
    let payloads = payloads();
    assert_eq!(payloads.len(), 200);
    for payload in payloads {
        assert!(payload.parse::<kernel::Name>().is_ok(), "{payload}");
    }
}

fn is_unharmed(answer: &Answer, plain: &[String], what: &str) {
    assert_eq!(answer.status, 200, "{what}");
    let page = answer.html();
    assert_eq!(faults(answer, &page), Vec::<String>::new(), "{what}");
    let found = skeleton(&page);
    let odd = found.iter().zip(plain).find(|(found, plain)| found != plain);
    assert!(
        odd.is_none() && found.len() == plain.len(),
        "{what}: {odd:?}, {} elements, not {}",
        found.len(),
        plain.len()
    );
}

/// Gives the name to everything that has one, and to what is shown of the connection string.
async fn name_all(console: &Console, name: &str) {
    let statements = [
        "update user_account set name = $1",
        "update organization set name = $1",
        "update project set name = $1",
        "update resource set name = $1, connection_masked = $1",
        "update api_key set name = $1",
        "update session set user_agent = $1",
    ];
    for statement in statements {
        sqlx::query(statement).bind(name).execute(&console.ctx.db).await.unwrap();
    }
}

fn visitor(whom: For) -> Who {
    [Who::Owner, Who::Operator].into_iter().find(|who| whom.refusal(*who).is_none()).unwrap_or(Who::Anonymous)
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_name_leaves_its_title_its_attribute_and_its_text_on_no_page(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let pages = ROUTES.iter().map(|(route, whom)| (world.fill(&template(route), visitor(*whom)), visitor(*whom)));
    for (path, who) in pages {
        name_all(&console, "Plain").await;
        let plain = skeleton(&world.browser(&console, who).get(&path).await.html());
        for payload in ["</title><img src=x onerror=alert(1)>", "\"'><img src=x onerror=alert(1)>"] {
            name_all(&console, payload).await;
            let answer = world.browser(&console, who).get(&path).await;
            is_unharmed(&answer, &plain, &format!("{payload} on {path}"));
        }
    }
}

/// A quarter of the payloads, stored; each is looked at on the page that shows most, and on a few of the others by turns.
async fn stored(db: PgPool, quarter: usize) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let pages: Vec<_> =
        ROUTES.iter().map(|(route, whom)| (world.fill(&template(route), visitor(*whom)), visitor(*whom))).collect();
    name_all(&console, "Plain").await;
    let mut plain = BTreeMap::new();
    for (path, who) in &pages {
        plain.insert(path.clone(), skeleton(&world.browser(&console, *who).get(path).await.html()));
    }
    let fullest = world.fill("/projects/{project}/settings/keys", Who::Owner);
    for (n, payload) in payloads().iter().skip(quarter * 50).take(50).enumerate() {
        name_all(&console, payload).await;
        let by_turns = pages.iter().cycle().skip(n * 4).take(4);
        for (path, who) in by_turns.chain([&(fullest.clone(), Who::Owner)]) {
            let answer = world.browser(&console, *who).get(path).await;
            is_unharmed(&answer, &plain[path], &format!("{payload} on {path}"));
        }
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn stored_names_stay_text_first_quarter(db: PgPool) {
    stored(db, 0).await;
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn stored_names_stay_text_second_quarter(db: PgPool) {
    stored(db, 1).await;
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn stored_names_stay_text_third_quarter(db: PgPool) {
    stored(db, 2).await;
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn stored_names_stay_text_fourth_quarter(db: PgPool) {
    stored(db, 3).await;
}

/// As a query has it.
fn encoded(name: &str, value: &str) -> String {
    serde_urlencoded::to_string([(name, value)]).unwrap()
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn what_a_url_asks_for_stays_text(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let places = [
        ("/orgs/{org}", "q", Who::Owner),
        ("/orgs/{org}/members", "q", Who::Owner),
        ("/admin", "q", Who::Operator),
        ("/admin/organizations", "q", Who::Operator),
        ("/sign-in", "next", Who::Anonymous),
        ("/sign-in/code", "next", Who::Anonymous),
        ("/sign-up", "next", Who::Anonymous),
        ("/orgs/{org}", "page", Who::Owner),
        ("/projects/{project}/settings/keys", "created", Who::Owner),
        ("/orgs/{org}/members", "invited", Who::Owner),
        ("/admin", "link", Who::Operator),
    ];
    for (path, name, who) in places {
        let path = world.fill(path, who);
        let mut browser = world.browser(&console, who);
        let plain = skeleton(&browser.get(&format!("{path}?{name}=plain-text")).await.html());
        // Every third: the places are many and alike.
        for payload in payloads().iter().step_by(if ["q", "next"].contains(&name) { 3 } else { 20 }) {
            let answer = browser.get(&format!("{path}?{}", encoded(name, payload))).await;
            is_unharmed(&answer, &plain, &format!("{name} {payload} on {path}"));
        }
    }
}

/// Who, on which page, which function, the field with the payload, and the other fields.
type Typed<'a> = (Who, &'a str, &'a str, &'a str, &'a [(&'a str, &'a str)]);

/// Sends a form that fails and looks at what comes back.
async fn kept(browser: &mut Browser, path: &str, function: &str, fields: &[(&str, &str)]) -> Answer {
    browser.get(path).await;
    assert_eq!(browser.post(function, fields).await.status, 303, "{function}");
    browser.get(path).await
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn what_was_typed_stays_text(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let [org, project, resource, key] = ["org", "project", "resource", "key"].map(|name| world.names[name].as_str());
    let forms: [Typed<'_>; 10] = [
        (Who::Anonymous, "/sign-up", "identity/sign-up", "email", &[("name", ""), ("password", "")]),
        (Who::Owner, "/orgs/{org}/members/invite", "members/invite", "email", &[("org", org), ("role", "viewer")]),
        (Who::Owner, "/projects/{project}/settings/delete", "projects/delete", "confirmation", &[("project", project)]),
        (Who::Owner, "/orgs/{org}/settings/delete", "orgs/delete", "confirmation", &[("org", org)]),
        (
            Who::Owner,
            "/resources/{resource}/settings/delete",
            "resources/delete",
            "confirmation",
            &[("resource", resource)],
        ),
        (
            Who::Owner,
            "/projects/{project}/settings/keys",
            "keys/create",
            "allowed_ranges",
            &[("project", project), ("name", "")],
        ),
        (Who::Owner, "/keys/{key}", "keys/edit", "allowed_ranges", &[("key", key), ("name", ""), ("rights", "full")]),
        (
            Who::Owner,
            "/projects/{project}/resources/new",
            "resources/create",
            "name",
            &[("project", project), ("connection_string", "wrong")],
        ),
        (Who::Operator, "/admin/users/new", "admin/create-user", "name", &[("email", "wrong"), ("password", "")]),
        (Who::Operator, "/admin/settings", "admin/set-setting", "value", &[("key", "network.denied_ranges")]),
    ];
    for (who, path, function, field, others) in forms {
        let path = world.fill(path, who);
        let mut browser = world.browser(&console, who);
        let form = if function == "admin/set-setting" {
            format!("{function}:network.denied_ranges")
        } else {
            function.to_owned()
        };
        let fields = |value| {
            let all: Vec<_> = others.iter().copied().chain([("_form", form.as_str()), (field, value)]).collect();
            all
        };
        let plain = skeleton(&kept(&mut browser, &path, function, &fields("plain")).await.html());
        for payload in payloads().iter().skip(function.len() % 4).step_by(4) {
            // Sign-up counts tries of an address.
            let mut browser = world.browser(&console, who);
            let answer = kept(&mut browser, &path, function, &fields(payload)).await;
            is_unharmed(&answer, &plain, &format!("{payload} in {field} of {function}"));
            assert!(answer.html().has("[role=alert]"), "{function} did not fail");
        }
    }
}
