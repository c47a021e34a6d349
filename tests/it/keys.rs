//! The text of a new API key is shown once, to the session that made it.

use crate::answer::Answer;
use crate::browser::Browser;
use crate::console::Console;
use crate::world::{Who, World};
use axum::body::Body;
use http::Method;
use sqlx::PgPool;
use time::Duration;

/// A key was made a moment ago; the browser is about to follow the redirect.
async fn made(console: &Console) -> (World, Browser, String) {
    let world = World::new(console).await;
    let mut owner = world.browser(console, Who::Owner);
    owner.get(&world.fill("/projects/{project}/settings/keys", Who::Owner)).await;
    let answer = owner.post("keys/create", &[("project", &world.names["project"]), ("name", "web")]).await;
    assert_eq!(answer.status, 303, "{}", answer.body());
    let next = answer.location().to_owned();
    assert!(next.contains("?created=key_"), "{next}");
    (world, owner, next)
}

fn shown(answer: &Answer) -> Option<String> {
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), "no-store");
    answer.html().texts(".secret-text").first().cloned()
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_new_key_is_shown_once_and_stands_in_no_url(db: PgPool) {
    let console = Console::new(db);
    let (_, mut owner, next) = made(&console).await;
    let first = owner.get(&next).await;
    let key = shown(&first).unwrap();
    assert!(kernel::key::is_well_formed(&key), "{key}");
    assert!(!next.contains(&key[8..]) && !format!("{:?}", first.headers).contains(&key));
    assert!(first.html().text("dialog[open]").contains("Store this API key now. It is shown only once."));
    let second = owner.get(&next).await;
    assert_eq!(shown(&second), None);
    assert!(!second.body().contains(&key));
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn another_session_of_the_same_user_takes_nothing(db: PgPool) {
    let console = Console::new(db);
    let (_, mut owner, next) = made(&console).await;
    let mut elsewhere = console.browser();
    elsewhere.sign_in("owner@example.com").await;
    assert_eq!(shown(&elsewhere.get(&next).await), None);
    assert!(shown(&owner.get(&next).await).is_some());
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_page_that_is_only_fetched_ahead_takes_nothing(db: PgPool) {
    let console = Console::new(db);
    let (_, mut owner, next) = made(&console).await;
    for (name, value) in [("sec-purpose", "prefetch"), ("sec-purpose", "prefetch;prerender"), ("purpose", "prefetch")] {
        let ahead = owner.request(Method::GET, &next).header(name, value).body(Body::empty()).unwrap();
        assert_eq!(shown(&owner.send(ahead).await), None, "{name}: {value}");
    }
    assert!(shown(&owner.get(&next).await).is_some());
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_database_that_is_late_does_not_eat_it(db: PgPool) {
    let console = Console::new(db);
    let (_, mut owner, next) = made(&console).await;
    for table in ["api_key", "session_parcel"] {
        let mut held = console.ctx.db.begin().await.unwrap();
        let lock = sqlx::AssertSqlSafe(format!("lock table {table} in access exclusive mode"));
        sqlx::query(lock).execute(&mut *held).await.unwrap();
        assert_eq!(owner.get(&next).await.status, 503, "while {table} is held");
        held.rollback().await.unwrap();
    }
    let mut answer = owner.get(&next).await;
    for _ in 0..10 {
        // On a machine that is busy with other things, late once more: nothing is lost by that either.
        if answer.status == 503 {
            answer = owner.get(&next).await;
        }
    }
    assert!(shown(&answer).is_some());
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn after_five_minutes_it_is_gone(db: PgPool) {
    let console = Console::new(db);
    let (_, mut owner, next) = made(&console).await;
    console.ctx.clock.advance(Duration::minutes(5) + Duration::seconds(1));
    assert_eq!(shown(&owner.get(&next).await), None);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn it_is_shown_for_the_key_that_was_made_alone(db: PgPool) {
    let console = Console::new(db);
    let (world, mut owner, next) = made(&console).await;
    let other = next.replace(next.split("created=").nth(1).unwrap(), &world.names["key"]);
    let secret = shown(&owner.get(&other).await);
    assert_ne!(secret, shown(&owner.get(&next).await), "the address of another key shows that key, or none");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_rotated_key_is_shown_once_too(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let mut owner = world.browser(&console, Who::Owner);
    owner.get(&world.fill("/keys/{key}/rotate", Who::Owner)).await;
    let first = owner.submit("keys/rotate", &[("key", &world.names["key"]), ("overlap", "0")]).await;
    let key = shown(&first).unwrap();
    assert_ne!(key, world.key_text);
    let again = owner.at.clone();
    assert_eq!(shown(&owner.get(&again).await), None);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_program_does_not_get_a_key_from_the_function_that_makes_it(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let answer = world
        .browser(&console, Who::Owner)
        .call("keys/create", &world.fill("project={project}&name=web", Who::Owner))
        .await;
    assert_eq!((answer.status.as_u16(), answer.body().as_str()), (200, "null"));
}
