//! The database is slow, or gone.

use crate::answer::Answer;
use crate::browser::Browser;
use crate::console::Console;
use crate::world::{Who, World};
use sqlx::PgPool;
use std::time::Duration;

/// Generous: `cargo x soak console` measures how long a page waits for its queries.
async fn within_reason(browser: &mut Browser, path: &str) -> Answer {
    tokio::time::timeout(Duration::from_secs(30), browser.get(path))
        .await
        .unwrap_or_else(|_| panic!("{path} never came"))
}

fn is_a_page_with_a_retry(answer: &Answer, path: &str) {
    assert_eq!(answer.status, 503, "{path}");
    assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    let page = answer.html();
    assert_eq!(page.texts("h1"), ["Not available right now"], "{path}");
    assert!(page.attrs("main a", "href").contains(&path.to_owned()), "{path} offers no retry");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn health_tells_a_process_that_runs_from_one_that_can_work(db: PgPool) {
    let console = Console::new(db);
    let mut anyone = console.browser();
    assert_eq!((anyone.get("/healthz").await.status.as_u16(), anyone.get("/readyz").await.status.as_u16()), (200, 200));
    console.ctx.db.close().await;
    assert_eq!((anyone.get("/healthz").await.status.as_u16(), anyone.get("/readyz").await.status.as_u16()), (200, 503));
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn while_the_database_is_gone_nobody_is_signed_out(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let mut owner = world.browser(&console, Who::Owner);
    let cookie = owner.cookies["session"].clone();
    console.ctx.db.close().await;
    for path in ["/", "/account", "/orgs/{org}", "/projects/{project}/settings/keys", "/keys/{key}"] {
        let path = world.fill(path, Who::Owner);
        let answer = within_reason(&mut owner, &path).await;
        is_a_page_with_a_retry(&answer, &path);
        assert_eq!(answer.set_cookie("session"), None, "{path}");
        assert_eq!(owner.cookies["session"], cookie, "{path}");
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn while_the_database_is_gone_calls_and_forms_say_so(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let mut owner = world.browser(&console, Who::Owner);
    console.ctx.db.close().await;
    let answer = owner.call("orgs/create", "name=Another").await;
    assert_eq!((answer.status.as_u16(), answer.problem().code), (503, kernel::ProblemCode::Unavailable));
    let answer =
        console.browser().post("identity/sign-in", &[("email", "owner@example.com"), ("password", "whatever")]).await;
    assert_eq!(answer.status, 303);
    assert_eq!(console.browser().get("/sign-in").await.status, 200);
}

/// What may have been done must not be sent again by a program that knows how to wait.
#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_change_that_was_perhaps_made_is_not_offered_for_another_try(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let lose = "create function lose() returns trigger language plpgsql as $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;
                create constraint trigger lose after insert on organization deferrable initially deferred for each row execute function lose()";
    sqlx::raw_sql(lose).execute(&console.ctx.db).await.unwrap();
    let mut owner = world.browser(&console, Who::Owner);
    let answer = owner.call("orgs/create", "name=Another").await;
    assert_eq!((answer.status.as_u16(), answer.problem().code), (500, kernel::ProblemCode::Unsure));
    assert_eq!(answer.header("retry-after"), "");
    owner.get("/orgs/new").await;
    let answer = owner.post("orgs/create", &[("name", "Another")]).await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (303, ""));
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_slow_query_becomes_a_page_with_a_retry(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    for (table, path) in [("project", "/projects/{project}"), ("session", "/account")] {
        let mut held = console.ctx.db.begin().await.unwrap();
        let lock = sqlx::AssertSqlSafe(format!("lock table {table} in access exclusive mode"));
        sqlx::query(lock).execute(&mut *held).await.unwrap();
        let path = world.fill(path, Who::Owner);
        let mut owner = world.browser(&console, Who::Owner);
        let answer = within_reason(&mut owner, &path).await;
        assert_eq!(answer.status, 503, "{path} while {table} is held");
        assert!(owner.cookies.contains_key("session"), "{path}");
        held.rollback().await.unwrap();
        assert_eq!(within_reason(&mut owner, &path).await.status, 200, "{path} afterwards");
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn what_comes_late_costs_its_section_alone(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    for (table, path, title) in [
        ("project", "/orgs/{org}", "Projects"),
        ("api_key", "/projects/{project}/settings/keys", "Project API keys"),
        ("invitation", "/orgs/{org}/members", "Members"),
        ("recovery_code", "/account/security", "Security and sessions"),
    ] {
        let mut held = console.ctx.db.begin().await.unwrap();
        let lock = sqlx::AssertSqlSafe(format!("lock table {table} in access exclusive mode"));
        sqlx::query(lock).execute(&mut *held).await.unwrap();
        let path = world.fill(path, Who::Owner);
        let answer = within_reason(&mut world.browser(&console, Who::Owner), &path).await;
        assert_eq!(answer.status, 503, "{path} while {table} is held");
        let page = answer.html();
        assert_eq!(page.texts("h1"), [title], "{path} while {table} is held");
        assert_eq!(page.attrs("main [role=alert] a", "href"), std::slice::from_ref(&path), "{path} offers no retry");
        held.rollback().await.unwrap();
    }
}
