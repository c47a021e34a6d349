//! The two hundred payloads, typed into every text field of every form, and said again by a toast.

use crate::browser::Browser;
use crate::console::Console;
use crate::inspect::skeleton;
use crate::matrix::{ROUTES, template};
use crate::world::{Who, World, key_input};
use crate::xss::{is_unharmed, payloads, texts};
use control::keys;
use scraper::ElementRef;
use sqlx::PgPool;

/// Behind the payload: too long for any name, and no address, range or confirmation either, so that the form fails and comes back.
const REST: &str = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

/// A form that keeps something of what is typed.
struct Form {
    function: String,
    /// Name and value; none where the payload goes.
    fields: Vec<(String, Option<String>)>,
}

impl Form {
    fn of(form: ElementRef<'_>) -> Option<Self> {
        let function = form.attr("action")?.strip_prefix("/api/")?.to_owned();
        let controls = form.descendent_elements().filter(|control| control.attr("name").is_some());
        let field = |control: ElementRef<'_>| {
            let given = control.attr("value").map(str::to_owned).unwrap_or_default();
            let value = match (control.value().name(), control.attr("type")) {
                ("input", Some("radio")) if control.attr("checked").is_none() => return None,
                ("input", Some("hidden" | "radio")) => Some(given),
                ("input", Some("password" | "checkbox")) | ("select" | "button", _) => Some(String::new()),
                _ => None,
            };
            Some((control.attr("name")?.to_owned(), value))
        };
        let fields: Vec<_> = controls.filter_map(field).collect();
        fields.iter().any(|(_, value)| value.is_none()).then_some(Self { function, fields })
    }

    /// Sends it from its page and answers the page that it comes back on.
    async fn fails_on(&self, mut browser: Browser, path: &str, text: &str) -> crate::answer::Answer {
        let fields = self.fields.iter().map(|(name, value)| (name.as_str(), value.as_deref().unwrap_or(text)));
        browser.at = path.to_owned();
        let answer = browser.post(&self.function, &fields.collect::<Vec<_>>()).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, path), "{} with {text}", self.function);
        browser.get(path).await
    }
}

/// Half of the texts, in every form.
async fn typed(db: PgPool, half: usize) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let (texts, mut forms) = (texts(500), 0);
    for (route, whom) in ROUTES {
        let (who, path) = (whom.visitor(), world.fill(&template(route), whom.visitor()));
        let page = world.browser(&console, who).get(&path).await.html();
        for form in page.all("form[method=post]").into_iter().filter_map(Form::of) {
            forms += 1;
            // Somebody new each time: tries of an address are counted.
            let plain = form.fails_on(world.browser(&console, who), &path, &format!("plain{REST}")).await.html();
            assert!(plain.has("[role=alert]"), "{} of {path} did not fail", form.function);
            let plain = skeleton(&plain);
            for payload in texts.iter().skip(half).step_by(2) {
                let answer = form.fails_on(world.browser(&console, who), &path, &format!("{payload}{REST}")).await;
                is_unharmed(&answer, &plain, &format!("{payload} in {} of {path}", form.function));
            }
        }
    }
    assert!(forms >= 25, "{forms} forms");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn what_was_typed_stays_text_first_half(db: PgPool) {
    typed(db, 0).await;
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn what_was_typed_stays_text_second_half(db: PgPool) {
    typed(db, 1).await;
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_name_in_a_toast_stays_text(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let mut owner = world.browser(&console, Who::Owner);
    let mut plain = Vec::new();
    for name in std::iter::once("plain".to_owned()).chain(payloads()) {
        let key = keys::create::create(&console.ctx, world.actor(Who::Owner), world.project, key_input(&name)).await;
        let answer = owner.submit("keys/remove", &[("key", &key.unwrap().id.to_string())]).await;
        if plain.is_empty() {
            plain = skeleton(&answer.html());
        }
        is_unharmed(&answer, &plain, &name);
        assert!(answer.html().text(".toast").contains("is removed"), "{name}");
    }
}
