//! Two hundred script payloads in every text field and every cell: none becomes an element or an attribute.
//!
//! Here they are stored, and asked for by a URL; [`crate::typed`] sends them by forms. A page is compared with itself holding plain texts: the same elements with the same attributes, whatever the texts are.

use crate::answer::Answer;
use crate::console::Console;
use crate::inspect::{faults, skeleton};
use crate::matrix::{ROUTES, template};
use crate::world::{Who, World};
use sqlx::PgPool;

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

pub fn payloads() -> Vec<String> {
    CONTEXTS.iter().flat_map(|context| ATTACKS.map(|attack| format!("{context}{attack}"))).collect()
}

/// All of them, several in one text of at most so many characters: what one of them does is seen whatever stands beside it.
pub fn texts(longest: usize) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for payload in payloads() {
        match texts.last_mut() {
            Some(text) if text.chars().count() + payload.chars().count() < longest => {
                *text = format!("{text} {payload}");
            }
            _ => texts.push(payload),
        }
    }
    texts
}

#[test]
fn there_are_two_hundred_and_each_is_a_name_and_no_address() {
    let payloads = payloads();
    assert_eq!(payloads.len(), 200);
    for payload in payloads {
        assert!(payload.parse::<kernel::Name>().is_ok(), "{payload}");
        // So what an address is shown in needs no payloads.
        let address = format!("{payload}@example.com");
        assert!(address.parse::<kernel::Email>().is_err(), "{address} is an address");
    }
}

pub fn is_unharmed(answer: &Answer, plain: &[String], what: &str) {
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

/// A quarter of the texts, as the name of everything, on every page.
async fn stored(db: PgPool, quarter: usize) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let pages: Vec<_> = ROUTES
        .iter()
        .map(|(route, whom)| (world.browser(&console, whom.visitor()), world.fill(&template(route), whom.visitor())))
        .collect();
    name_all(&console, "Plain").await;
    let mut plain = Vec::new();
    for (browser, path) in &pages {
        plain.push(skeleton(&browser.clone().get(path).await.html()));
    }
    for payload in texts(64).iter().skip(quarter).step_by(4) {
        name_all(&console, payload).await;
        for ((browser, path), plain) in pages.iter().zip(&plain) {
            let answer = browser.clone().get(path).await;
            is_unharmed(&answer, plain, &format!("{payload} on {path}"));
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
        for payload in &texts(200) {
            let answer = browser.get(&format!("{path}?{}", encoded(name, payload))).await;
            is_unharmed(&answer, &plain, &format!("{name} {payload} on {path}"));
        }
    }
}
