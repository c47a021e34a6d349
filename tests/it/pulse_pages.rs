//! The pages of Pulse over a database that is really captured.

use crate::answer::Page;
use crate::browser::Browser;
use crate::console::Console;
use crate::inspect::faults;
use crate::world::{Who, World};
use control::operator::orgs::set_access::set_access;
use control::pulse::consumers;
use kernel::{Access, Product, ResourceId};
use pentaprism::boot::parts::Parts;
use serde_json::Value;
use sqlx::{Connection, PgConnection, PgPool};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};
use testkit::Cluster;
use tokio::time::sleep;
use tokio_util::sync::{CancellationToken, DropGuard};

/// What has not come by then never will.
const FOREVER: Duration = Duration::from_secs(30);

/// Customers' databases.
static CLUSTER: LazyLock<Cluster> = LazyLock::new(|| Cluster::throwaway().unwrap());

/// A console, a server that captures, and a database.
struct Shop {
    console: Console,
    world: World,
    database: String,
    resource: ResourceId,
    _stop: DropGuard,
}

impl Shop {
    async fn open(db: PgPool) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let database = format!("paged{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let database = tokio::task::spawn_blocking(move || CLUSTER.create_database(&database).unwrap()).await.unwrap();
        let ctx = crate::console::context(db, "http://localhost:3000".into());
        let parts = Arc::new(Parts::around(ctx));
        let console = Console::of(&parts);
        let world = World::new(&console).await;
        set_access(&console.ctx, world.actor(Who::Operator), world.org, Product::Pulse, Access::On.as_str())
            .await
            .unwrap();
        let stop = CancellationToken::new();
        let (pulse, ended) = (Arc::clone(&parts.pulse), stop.clone());
        tokio::spawn(async move { pulse.capture(&ended).await });
        let resource = world.names["resource"].parse().unwrap();
        let shop = Self { console, world, database, resource, _stop: stop.drop_guard() };
        let create = "create table users (id int primary key, name text); create table notes (body text)";
        shop.execute(create).await;
        let fields = [("resource", shop.names()), ("connection_string", shop.database.as_str())];
        shop.browser(Who::Owner).submit("pulse/prepare", &fields).await;
        shop
    }

    fn names(&self) -> &str {
        &self.world.names["resource"]
    }

    fn browser(&self, who: Who) -> Browser {
        self.world.browser(&self.console, who)
    }

    fn path(&self, rest: &str) -> String {
        format!("/resources/{}/pulse{rest}", self.names())
    }

    async fn execute(&self, sql: &str) {
        let mut connection = PgConnection::connect(&self.database).await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    }

    /// What Pulse keeps in the database: slots that are read, slots, publications.
    async fn kept(&self) -> (i64, i64, i64) {
        let mut connection = PgConnection::connect(&self.database).await.unwrap();
        let kept = "select count(*) filter (where active), count(*), (select count(*) from pg_publication)
                    from pg_replication_slots where database = current_database()";
        sqlx::query_as(kept).fetch_one(&mut connection).await.unwrap()
    }

    /// The process that tells the slot's reader, while there is one.
    async fn reader(&self) -> Option<i32> {
        let mut connection = PgConnection::connect(&self.database).await.unwrap();
        let process = "select max(active_pid) from pg_replication_slots where database = current_database()";
        sqlx::query_scalar(process).fetch_one(&mut connection).await.unwrap()
    }

    async fn until(&self, wanted: (i64, i64, i64)) {
        let begun = Instant::now();
        while self.kept().await != wanted {
            assert!(begun.elapsed() < FOREVER, "{:?} is never {wanted:?}", self.kept().await);
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// A page that is whole.
    async fn page(&self, who: Who, rest: &str) -> Page {
        let answer = self.browser(who).get(&self.path(rest)).await;
        assert_eq!(answer.status, 200, "{rest}: {}", answer.body());
        let page = answer.html();
        assert_eq!(faults(&answer, &page), Vec::<String>::new(), "{rest} for {who:?}");
        page
    }

    /// Posts a form from the page of Pulse, and answers what the next page says.
    async fn post(&self, function: &str, fields: &[(&str, &str)]) -> String {
        let mut browser = self.browser(Who::Developer);
        browser.at = self.path("");
        let fields: Vec<_> =
            [("resource", self.names()), ("_form", function)].into_iter().chain(fields.iter().copied()).collect();
        let answer = browser.submit(function, &fields).await;
        let page = answer.html();
        assert_eq!(faults(&answer, &page), Vec::<String>::new(), "after {function}");
        page.text("main") + &page.text("[role=status], .toasts")
    }

    async fn enable(&self, fields: &[(&str, &str)]) -> String {
        let usual = [
            ("which", "chosen"),
            ("tables[0]", r#"["public","users"]"#),
            ("persistence", "on"),
            ("retention_hours", "72"),
        ];
        let fields: Vec<_> = usual.iter().chain(fields).copied().collect();
        self.post("pulse/enable", &fields).await
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_database_is_prepared_captured_seen_and_left_as_it_was(db: PgPool) {
    let shop = Shop::open(db).await;
    let page = shop.page(Who::Developer, "").await;
    let (list, missing) = (page.text(".checklist"), "public.notes (DEFAULT without a primary key)");
    assert!(list.contains("wal_level is logical") && list.contains(missing), "{list}");
    assert!(page.text("main").contains("MySQL") && page.text("main").contains("One point is missing"));
    assert!(!shop.page(Who::Viewer, "").await.has("main form, .checklist"), "viewers see no database");

    // All tables would stop updates of the one without a key.
    let all = [("which", "all"), ("automatic", "on"), ("persistence", "on"), ("retention_hours", "72")];
    let refused = shop.post("pulse/enable", &all).await;
    assert!(refused.contains("The table public.notes has no replica identity"), "{refused}");
    assert_eq!((shop.console.count("pulse").await, shop.kept().await), (0, (0, 0, 0)), "nothing has changed");
    let none = [("which", "chosen"), ("automatic", "on"), ("retention_hours", "72")];
    assert!(shop.post("pulse/enable", &none).await.contains("Choose one table at least"));
    let wrong = shop.enable(&[("automatic", "on"), ("connection_string", "postgres://a:b@127.0.0.1:1/c")]).await;
    assert!(wrong.contains("Correct one field"), "{wrong}");
    let told = shop.enable(&[("automatic", "on")]).await;
    assert!(told.contains("Pulse is enabled"), "{told}");
    shop.until((1, 1, 1)).await;

    let page = shop.page(Who::Developer, "").await;
    let code = page.texts("pre code").join("\n");
    assert!(code.contains("PRISMA_API_KEY=") && code.contains("endpoint: new URL('ws://localhost:3001')"), "{code}");
    assert!(code.contains("prisma.user.stream({ name: 'all-users' })"), "{code}");
    assert!(page.text("main").contains("Running") && page.text("main").contains("Waiting for the first event"));
    assert!(page.text("dl.facts").contains("public.users"));

    consumers::open(&shop.console.ctx, shop.resource, "all users & more").await.unwrap();
    shop.execute("insert into users values (7, 'Ada')").await;
    let begun = Instant::now();
    let events = format!("pulse/events?resource={}", shop.names());
    let event = loop {
        let events: Vec<Value> =
            serde_json::from_slice(&shop.browser(Who::Developer).read(&events).await.bytes).unwrap();
        match events.into_iter().next() {
            Some(event) => break event,
            None => assert!(begun.elapsed() < FOREVER, "no event comes"),
        }
        sleep(Duration::from_millis(50)).await;
    };
    assert_eq!(
        (&event["action"], &event["table"], &event["row"]),
        (&"create".into(), &"public.users".into(), &r#"{"id": 7, "name": "Ada"}"#.into())
    );
    let id = event["id"].as_str().unwrap();
    assert_eq!(shop.browser(Who::Developer).read(&format!("{events}&after={id}")).await.body(), "[]");
    assert!(shop.page(Who::Developer, "").await.text(".events").contains("Ada"), "also without a script");
    assert_eq!(shop.browser(Who::Viewer).read(&events).await.status, 403);
    let seen = shop.page(Who::Viewer, "").await;
    assert!(!seen.text("body").contains("Ada") && !seen.has("main form, .checklist, .events"));
    assert!(seen.text("main").contains("all users & more"));

    let stream = "?name=all%20users%20%26%20more";
    let page = shop.page(Who::Developer, "").await;
    let links = page.attrs("tbody td.actions a", "href");
    assert_eq!(links, [shop.path(&format!("/replay-stream{stream}")), shop.path(&format!("/delete-stream{stream}"))]);
    let row = page.text("tbody");
    assert!(row.contains('1') && row.contains("just now"), "{row}");
    for rest in ["/replay-stream", "/delete-stream"] {
        assert!(shop.page(Who::Developer, &format!("{rest}{stream}")).await.has("main form"));
        assert!(!shop.page(Who::Developer, rest).await.has("main form"), "no such stream");
        assert!(!shop.page(Who::Viewer, &format!("{rest}{stream}")).await.has("main form"));
    }
    let name = ("name", "all users & more");
    assert!(shop.post("pulse/replay-stream", &[name, ("after", "yesterday")]).await.contains("not the id of an event"));
    assert!(shop.post("pulse/replay-stream", &[name, ("after", id)]).await.contains("is told again"));
    assert!(shop.post("pulse/delete-stream", &[name]).await.contains("is deleted"));
    assert!(shop.post("pulse/change-settings", &[("retention_hours", "0")]).await.contains("from 1 to 720"));
    let before = shop.reader().await.unwrap();
    assert!(shop.post("pulse/change-settings", &[("retention_hours", "24")]).await.contains("are changed"));
    let page = shop.page(Who::Developer, "").await;
    assert!(page.text("main").contains("prisma.user.subscribe()"), "no streams without persistence");

    // Changed settings begin capture anew. A look from before that came late is kept for one page.
    let begun = Instant::now();
    while shop.reader().await.is_none_or(|reader| reader == before) {
        assert!(begun.elapsed() < FOREVER, "capture does not begin anew");
        sleep(Duration::from_millis(50)).await;
    }
    shop.page(Who::Developer, "").await;
    // The end, step by step: the dialog and the page behind it say the same.
    for rest in ["", "/disable"] {
        let page = shop.page(Who::Developer, rest).await;
        let code = page.text("dialog pre, main pre");
        for statement in ["pg_terminate_backend", "pg_drop_replication_slot", "DROP PUBLICATION IF EXISTS"] {
            assert!(code.contains(statement), "{rest}: {code}");
        }
    }
    assert!(!shop.page(Who::Viewer, "/disable").await.has("main form"));
    assert!(shop.post("pulse/pause", &[("from", "page")]).await.contains("Paused"));
    shop.until((0, 1, 1)).await;
    assert!(shop.post("pulse/resume", &[]).await.contains("Capture is resumed"));
    shop.until((1, 1, 1)).await;
    let gone = shop.post("pulse/remove-slot", &[("from", "page")]).await;
    assert!(gone.contains("The slot and the publication are gone"), "{gone}");
    assert_eq!(shop.kept().await, (0, 0, 0));
    let dialog = shop.page(Who::Developer, "?dialog=disable").await;
    assert!(dialog.has("dialog[open]") && dialog.text("dialog").contains("are gone"));
    assert!(shop.post("pulse/disable", &[]).await.contains("Pulse is disabled"));
    assert!(shop.page(Who::Developer, "").await.has("form[action='/api/pulse/enable']"));
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn what_is_set_up_by_hand_is_waited_for(db: PgPool) {
    let shop = Shop::open(db).await;
    shop.execute(r#"alter table notes replica identity full"#).await;
    shop.enable(&[]).await;
    sleep(Duration::from_secs(1)).await;
    assert_eq!(shop.kept().await, (0, 0, 0), "nothing is made");
    let page = shop.page(Who::Developer, "").await;
    assert!(page.text("main").contains("Waiting for publication and slot"));
    let statements = page.texts("main pre code");
    for begin in ["CREATE PUBLICATION", "SELECT pg_create_logical_replication_slot"] {
        let statement = statements.iter().find(|code| code.starts_with(begin)).unwrap();
        shop.execute(statement).await;
    }
    shop.until((1, 1, 1)).await;
    assert!(shop.page(Who::Developer, "").await.text("main").contains("Running"));
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_database_that_is_away_is_a_sentence_on_a_whole_page(db: PgPool) {
    let shop = Shop::open(db).await;
    let away = [("resource", shop.names()), ("connection_string", "postgres://a:b@127.0.0.1:1/c")];
    shop.browser(Who::Owner).submit("pulse/prepare", &away).await;
    let page = shop.page(Who::Developer, "").await;
    assert!(page.text("main").contains("The database could not be looked at"));
    assert!(page.has("main form[action='/api/pulse/enable']"));
    control::pulse::enable::enable(
        &shop.console.ctx,
        shop.world.actor(Who::Owner),
        shop.resource,
        control::pulse::Settings::default(),
    )
    .await
    .unwrap();
    for rest in ["", "/disable", "?dialog=disable"] {
        assert!(
            shop.page(Who::Developer, rest).await.text("body").contains("The database could not be looked at"),
            "{rest}"
        );
    }
}
