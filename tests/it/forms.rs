//! A form that failed comes back once, with its input and its errors; one that succeeded says so once.

use crate::answer::Page;
use crate::browser::Browser;
use crate::console::Console;
use crate::matrix::{For, ROUTES, template};
use crate::world::{Who, World};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use control::Rng;
use control::vault::Vault;
use http::Method;
use scraper::ElementRef;
use secrecy::SecretSlice;
use sqlx::PgPool;

/// Too long for a name, and no address, number, range or confirmation of anything.
const WRONG: &str = "xxxxxxxxxx wrong xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
const WRONG_SECRET: &str = "wr0ng!s";

/// The project's keys, with the dialog that makes one.
async fn at_keys(console: &Console) -> (World, Browser, String) {
    let world = World::new(console).await;
    let mut owner = world.browser(console, Who::Owner);
    let path = world.fill("/projects/{project}/settings/keys", Who::Owner);
    owner.get(&path).await;
    (world, owner, path)
}

fn new_key<'a>(world: &'a World, name: &'a str) -> [(&'a str, &'a str); 4] {
    [("_form", "keys/create"), ("project", &world.names["project"]), ("name", name), ("allowed_ranges", "10.0.0.0/8")]
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_failed_form_comes_back_once_with_its_input_in_an_open_dialog(db: PgPool) {
    let console = Console::new(db);
    let (world, mut owner, path) = at_keys(&console).await;
    let answer = owner.post("keys/create", &new_key(&world, WRONG)).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, &*path), "no error in the URL");

    let page = owner.get(&path).await.html();
    assert_eq!(page.value("dialog[open] input[name=name]").as_deref(), Some(WRONG));
    assert_eq!(page.text("dialog[open] textarea[name=allowed_ranges]"), "10.0.0.0/8");
    let input = page.all("dialog[open] input[name=name][aria-invalid=true]");
    let described = input[0].attr("aria-describedby").unwrap();
    assert_eq!(page.text(&format!("#{described}")), "Use at most 64 characters.");

    let page = owner.get(&path).await.html();
    assert!(!page.has("dialog[open], [aria-invalid], [role=alert]"), "shown twice");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_page_that_is_only_fetched_ahead_uses_nothing_up(db: PgPool) {
    let console = Console::new(db);
    let (world, mut owner, path) = at_keys(&console).await;
    owner.post("keys/create", &new_key(&world, "")).await;
    let ahead = owner
        .request(Method::GET, &path)
        .header("sec-purpose", "prefetch;prerender")
        .body(String::new().into())
        .unwrap();
    assert!(!owner.send(ahead).await.html().has("dialog[open]"));
    assert!(owner.get(&path).await.html().has("dialog[open]"));
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_success_is_told_once(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let mut owner = world.browser(&console, Who::Owner);
    let path = world.fill("/projects/{project}/settings", Who::Owner);
    owner.get(&path).await;
    let page = owner.submit("projects/rename", &[("project", &world.names["project"]), ("name", "Blog")]).await.html();
    assert_eq!(page.text(".toast p"), "The project's name is changed.");
    assert!(!owner.get(&path).await.html().has(".toast"));
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_flash_that_this_server_did_not_seal_is_no_flash(db: PgPool) {
    let console = Console::new(db);
    let (world, mut owner, path) = at_keys(&console).await;
    let flash = r#"{"form":"keys/create","problem":{"code":"invalid","detail":"planted"},"input":[["name","planted"]],"notice":"planted"}"#;
    let foreign = Vault::new(&SecretSlice::from(vec![2; 32]), Rng::seeded(1)).unwrap().seal("flash", flash).unwrap();
    let other_purpose = console.ctx.vault.seal("other", flash).unwrap();
    owner.post("keys/create", &new_key(&world, WRONG)).await;
    let mut changed = owner.cookies["flash"].clone();
    changed.replace_range(100..101, if changed.as_bytes()[100] == b'A' { "B" } else { "A" });
    let encoded = [foreign, other_purpose, flash.as_bytes().to_vec()].map(|bytes| BASE64_URL_SAFE_NO_PAD.encode(bytes));
    for forged in encoded.into_iter().chain([changed, String::new(), "%22".into()]) {
        let page = owner.clone().with_cookie("flash", &forged).get(&path).await;
        assert_eq!(page.status, 200);
        assert!(!page.html().has("dialog[open], .toast") && !page.body().contains("planted"), "{forged}");
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn text_in_a_url_is_never_shown(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let query = "?__err=planted-text&__path=planted-text&error=planted-text&message=planted-text&notice=planted-text&_form=keys/create";
    for (route, whom) in ROUTES {
        let who = if *whom == For::Operators { Who::Operator } else { Who::Owner };
        let path = format!("{}{query}", world.fill(&template(route), who));
        let answer = world.browser(&console, who).get(&path).await;
        assert_eq!(answer.status, 200, "{route}");
        assert!(!answer.body().contains("planted-text"), "{route}");
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_form_of_somebody_who_is_signed_out_leads_to_the_login_and_back(db: PgPool) {
    let console = Console::new(db);
    let (world, mut owner, path) = at_keys(&console).await;
    owner.cookies.clear();
    let answer = owner.submit("keys/create", &new_key(&world, "web")).await;
    assert_eq!((answer.status.as_u16(), &owner.at), (200, &format!("/sign-in?next={path}")));
}

/// One form of a page, filled wrongly.
struct Filled {
    id: String,
    function: String,
    fields: Vec<(String, String)>,
}

fn fill_wrongly(form: ElementRef<'_>) -> Option<Filled> {
    let action = form.attr("action")?.strip_prefix("/api/")?.to_owned();
    let controls: Vec<_> = form.descendent_elements().filter(|control| control.attr("name").is_some()).collect();
    let typed = |control: &&ElementRef<'_>| {
        let kind = control.attr("type").unwrap_or("text");
        control.value().name() == "textarea"
            || (control.value().name() == "input" && ["text", "email", "password"].contains(&kind))
    };
    controls.iter().find(typed)?;
    let value = |control: &ElementRef<'_>| match (control.value().name(), control.attr("type")) {
        ("input", Some("hidden")) => control.attr("value").unwrap_or_default().to_owned(),
        ("input", Some("password")) => WRONG_SECRET.to_owned(),
        ("input" | "textarea", _) => WRONG.to_owned(),
        _ => String::new(),
    };
    let fields: Vec<_> =
        controls.iter().map(|control| (control.attr("name").unwrap_or_default().to_owned(), value(control))).collect();
    let id = fields.iter().find(|(name, _)| name == "_form")?.1.clone();
    Some(Filled { id, function: action, fields })
}

fn form_of<'a>(page: &'a Page, id: &str) -> ElementRef<'a> {
    let marks = page.all("form > input[name=_form]");
    let mark = marks.into_iter().find(|mark| mark.attr("value") == Some(id)).unwrap_or_else(|| panic!("no form {id}"));
    ElementRef::wrap(mark.parent().unwrap()).unwrap()
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn every_form_that_takes_text_comes_back_with_its_errors_and_without_secrets(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let mut tried = 0;
    for (route, whom) in ROUTES {
        let who =
            [Who::Anonymous, Who::Owner, Who::Operator].into_iter().find(|who| whom.refusal(*who).is_none()).unwrap();
        let path = world.fill(&template(route), who);
        let page = world.browser(&console, who).get(&path).await.html();
        for form in page.all("form[method=post]").into_iter().filter_map(fill_wrongly) {
            tried += 1;
            comes_back(&mut world.browser(&console, who), &path, &form).await;
        }
    }
    assert!(tried >= 25, "{tried} forms");
}

async fn comes_back(browser: &mut Browser, path: &str, form: &Filled) {
    let name = format!("{} of {path}", form.id);
    browser.get(path).await;
    let fields: Vec<_> = form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let answer = browser.post(&form.function, &fields).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, path), "{name}");
    let answer = browser.get(path).await;
    assert!(!answer.body().contains(WRONG_SECRET), "{name} shows a secret");
    let page = answer.html();
    let shown = form_of(&page, &form.id);
    assert!(
        shown.descendent_elements().any(|part| part.attr("role") == Some("alert")),
        "{name} does not say what is wrong"
    );
    let dialog = shown.ancestors().filter_map(ElementRef::wrap).find(|around| around.value().name() == "dialog");
    assert!(dialog.is_none_or(|dialog| dialog.attr("open").is_some()), "the dialog of {name} is closed");
    let again = fill_wrongly(shown).unwrap();
    assert_eq!(again.fields.len(), form.fields.len(), "{name}");
    for control in shown.descendent_elements().filter(|control| control.value().name() == "input") {
        let (field, kind) = (control.attr("name").unwrap_or_default(), control.attr("type").unwrap_or("text"));
        let kept = ["text", "email"].contains(&kind) && field != "code";
        assert!(!kept || control.attr("value") == Some(WRONG), "{name} forgot {field}");
    }
    assert!(!browser.get(path).await.html().has("[role=alert]"), "{name} complains twice");
}
