//! Whatever fails is told: every form of every page, sent with ids that nothing has and texts that nothing takes.

use crate::answer::Page;
use crate::browser::Browser;
use crate::console::Console;
use crate::matrix::{FUNCTIONS, ROUTES, template};
use crate::world::{PASSWORD, Who, World};
use control::accelerate::configure::{self, ConfigureInput};
use control::operator::orgs::set_access::set_access;
use control::orgs::invitations::invite::{InviteInput, invite};
use control::resources::PlainConnection;
use control::{orgs, projects, pulse, resources};
use kernel::{Access, Product};
use scraper::ElementRef;
use secrecy::ExposeSecret;
use sqlx::PgPool;
use std::collections::BTreeSet;

/// No name, address, number, range, code or confirmation of anything.
const WRONG: &str = "xxxxxxxxxx wrong xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

/// Nothing that is sent could make them fail; or this server sends no mail, and their forms are not there.
const NOT_TRIED: [&str; 8] = [
    "accelerate/first-query",
    "identity/end-other-sessions",
    "identity/request-reset",
    "identity/resend-verification",
    "identity/sign-out",
    "palette",
    "pulse/events",
    "theme",
];

/// The form's function and its fields, all of them wrong.
fn filled_wrongly(form: ElementRef<'_>) -> (String, Vec<(String, String)>) {
    let function = form.attr("action").unwrap().strip_prefix("/api/").unwrap().to_owned();
    let controls = form.descendent_elements().filter(|control| control.attr("name").is_some());
    let value = |control: &ElementRef<'_>| match (control.attr("name"), control.attr("type")) {
        (Some("_form"), _) => control.attr("value").unwrap_or_default().to_owned(),
        (Some("org" | "project" | "resource" | "key" | "user" | "session" | "invitation" | "token" | "plan"), _) => {
            nothings(control.attr("value").unwrap_or_default())
        }
        (_, Some("hidden")) => control.attr("value").unwrap_or_default().to_owned(),
        _ => WRONG.to_owned(),
    };
    let fields = controls.map(|control| (control.attr("name").unwrap_or_default().to_owned(), value(&control)));
    (function, fields.collect())
}

/// An id of the same kind that nothing has. What is no id becomes a token or a key of nothing.
fn nothings(value: &str) -> String {
    match value.split_once('_') {
        Some((kind, body)) if body.len() == 25 => format!("{kind}_{}", "0".repeat(25)),
        _ => "none".to_owned(),
    }
}

/// Everything that a form can be about, beyond what the world has; answers the pages of it.
async fn furnish(console: &Console, world: &World) -> Vec<(Who, String)> {
    let ctx = &console.ctx;
    let owner = world.actor(Who::Owner);
    let staging = resources::create::create(ctx, owner, world.project, "Staging", None).await.unwrap();
    let connection = PlainConnection {
        secret: "postgres://a:b@db.example.com/c".into(),
        masked: "postgres://a@db.example.com/c".into(),
    };
    let input = ConfigureInput { connection: Some(connection), region: "us-east-1".into() };
    configure::configure(ctx, owner, staging, input).await.unwrap();
    set_access(ctx, world.actor(Who::Operator), world.org, Product::Pulse, Access::On.as_str()).await.unwrap();
    let away = |name: &'static str| {
        let secret = "postgres://a:b@127.0.0.1:1/c".into();
        let connection = PlainConnection { secret, masked: "postgres://a@127.0.0.1:1/c".into() };
        resources::create::create(ctx, owner, world.project, name, Some(connection))
    };
    let bare = resources::create::create(ctx, owner, world.project, "Bare", None).await.unwrap();
    let (prepared, captured, paused) =
        (away("Prepared").await.unwrap(), away("Captured").await.unwrap(), away("Paused").await.unwrap());
    for resource in [captured, paused] {
        pulse::enable::enable(ctx, owner, resource, pulse::Settings::default()).await.unwrap();
        pulse::consumers::open(ctx, resource, "orders").await.unwrap();
    }
    pulse::pause::pause(ctx, owner, paused).await.unwrap();
    // Where Pulse is off people ask for it.
    let off = orgs::create::create(ctx, owner, "Off").await.unwrap();
    set_access(ctx, world.actor(Who::Operator), off, Product::Pulse, Access::Off.as_str()).await.unwrap();
    let off = projects::create::create(ctx, owner, off, "Off").await.unwrap();
    let empty = projects::create::create(ctx, owner, world.org, "Empty").await.unwrap();
    let input = InviteInput { email: "outsider@example.com".into(), role: "viewer".into() };
    let token = invite(ctx, owner, world.org, input).await.unwrap().token;
    console.browser().sign_in("owner@example.com").await;
    let mut browser = world.browser(console, Who::Owner);
    browser.get("/account/security").await;
    browser.submit("account/enroll-second-factor", &[("password", PASSWORD)]).await;
    world.browser(console, Who::Operator).call("admin/set-setting", "key=identity.sign_up&value=open").await;
    let on = "update user_account set totp_secret = '\\x00', totp_confirmed_at = created_at where email = any($1)";
    let with = ["operator@example.com", "bystander@example.com"];
    sqlx::query(on).bind(with.as_slice()).execute(&ctx.db).await.unwrap();
    let everywhere = [Who::Anonymous, Who::Owner, Who::Operator].into_iter().flat_map(|who| {
        let pages = ROUTES.iter().filter(move |(_, whom)| whom.refusal(who).is_none());
        pages.map(move |(route, _)| (who, world.fill(&template(route), who)))
    });
    let further = [
        (Who::Outsider, format!("/invitations/{}", token.expose_secret())),
        (Who::Owner, format!("/resources/{staging}/accelerate")),
        (Who::Owner, format!("/projects/{empty}/accelerate")),
        (Who::Owner, format!("/projects/{empty}/pulse")),
        (Who::Owner, format!("/projects/{off}/pulse")),
        (Who::Owner, format!("/resources/{bare}/pulse")),
        (Who::Owner, format!("/resources/{prepared}/pulse")),
        (Who::Owner, format!("/resources/{captured}/pulse")),
        (Who::Owner, format!("/resources/{captured}/pulse/replay-stream?name=orders")),
        (Who::Owner, format!("/resources/{captured}/pulse/delete-stream?name=orders")),
        (Who::Owner, format!("/resources/{paused}/pulse")),
    ];
    everywhere.chain(further).collect()
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn no_form_fails_in_silence(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let mut tried = BTreeSet::new();
    for (who, path) in furnish(&console, &world).await {
        let mut browser = world.browser(&console, who);
        let page = browser.get(&path).await.html();
        for form in page.all("form[method=post]") {
            let (function, fields) = filled_wrongly(form);
            if !NOT_TRIED.contains(&function.as_str()) && tried.insert((function.clone(), path.clone())) {
                fails_aloud(&mut browser, &path, &function, &fields).await;
            }
        }
    }
    let tried: BTreeSet<_> = tried.iter().map(|(function, _)| function.as_str()).chain(NOT_TRIED).collect();
    let untried: Vec<_> = FUNCTIONS.iter().map(|function| function.name).filter(|name| !tried.contains(name)).collect();
    assert_eq!(untried, Vec::<&str>::new(), "no page has their forms");
}

async fn fails_aloud(browser: &mut Browser, path: &str, function: &str, fields: &[(String, String)]) {
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let answer = browser.post(function, &fields).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, path), "{function} of {path} with {fields:?}");
    let page: Page = browser.get(path).await.html();
    assert_eq!(page.all("[role=alert]").len(), 1, "{function} of {path} fails in silence");
    assert!(page.text("[role=alert]").len() > 10, "{function} of {path}: {}", page.text("[role=alert]"));
    assert!(!browser.get(path).await.html().has("[role=alert]"), "{function} of {path} complains twice");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_form_that_is_too_large_is_told_of_too(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let mut owner = world.browser(&console, Who::Owner);
    owner.get("/account").await;
    let name = "x".repeat(300 * 1024);
    let page = owner.submit("account/rename", &[("_form", "account/rename"), ("name", &name)]).await.html();
    assert!(page.text("main [role=alert]").starts_with("This is more than a form may hold: 256 kB."));
    let answer = owner.call("account/rename", &format!("name={name}")).await;
    assert_eq!((answer.status.as_u16(), answer.problem().code), (413, kernel::ProblemCode::Invalid));
}
