use crate::world::{World, another_vault, code, key_input, origin, password};
use control::identity::change_password::{ChangePasswordInput, change_password};
use control::identity::{self, sessions};
use control::orgs::members::list::list;
use control::{Ctx, keys, orgs, projects};
use kernel::page::PageRequest;
use kernel::{ProblemCode, SessionId};
use secrecy::ExposeSecret;
use serde_json::json;
use sqlx::PgPool;
use std::sync::Arc;
use time::Duration;

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_session_ends_idle_and_absolutely(db: PgPool) {
    let w = World::new(db);
    let ada = w.user("ada").await;
    let alive = async |token: &str| sessions::load(&w.ctx, token).await.unwrap().is_some();
    let data = json!(w.proof(ada.user).await);
    assert!(sessions::create(&w.ctx, "idle", &data).await.unwrap());
    assert!(!sessions::create(&w.ctx, "idle", &data).await.unwrap(), "the cookie's value is taken");
    sessions::create(&w.ctx, "busy", &data).await.unwrap();
    for _ in 0..5 {
        w.ctx.clock.advance(Duration::days(5));
        assert!(alive("busy").await);
    }
    assert!(!alive("idle").await);
    w.ctx.clock.advance(Duration::days(6));
    assert!(!alive("busy").await, "31 days after sign-in, however busy");
    assert_eq!(sessions::delete_expired(&w.ctx).await.unwrap(), 3);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn members_see_when_somebody_was_last_here(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    sessions::create(&w.ctx, "cookie", &json!(w.proof(cast.viewer.user).await)).await.unwrap();
    let seen = async || {
        let page = list(&w.ctx, &cast.owner, cast.org, "viewer", PageRequest::new(1)).await.unwrap();
        page.items[0].last_seen_at
    };
    assert_eq!(seen().await, Some(w.ctx.now()), "signing in counts");
    w.ctx.clock.advance(Duration::minutes(2));
    sessions::load(&w.ctx, "cookie").await.unwrap();
    let at = w.ctx.now();
    assert_eq!(seen().await, Some(at));
    w.ctx.clock.advance(Duration::seconds(59));
    sessions::load(&w.ctx, "cookie").await.unwrap();
    sessions::delete(&w.ctx, "cookie").await.unwrap();
    assert_eq!(seen().await, Some(at), "to the minute, and it stays after sign-out");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn sessions_are_listed_and_ended_one_by_one_or_all_others(db: PgPool) {
    let w = World::new(db);
    let here = w.user("ada").await;
    let (there, third) = (w.session(here.user).await, w.session(here.user).await);
    let list = sessions::list(&w.ctx, &here).await.unwrap();
    assert_eq!(list.len(), 3);
    let current: Vec<_> = list.iter().filter(|session| session.current).map(|session| session.id).collect();
    assert_eq!(current, [here.session.unwrap()]);
    assert_eq!(list[0].address.as_deref(), Some("192.0.2.1"));

    sessions::end(&w.ctx, &here, there.session.unwrap()).await.unwrap();
    w.audited("session.end").await;
    assert!(identity::whoami(&w.ctx, there.session.unwrap(), origin()).await.unwrap().is_none());
    assert_eq!(sessions::end_others(&w.ctx, &here).await.unwrap(), 1);
    w.audited("session.end_others").await;
    assert!(identity::whoami(&w.ctx, third.session.unwrap(), origin()).await.unwrap().is_none());
    assert!(identity::whoami(&w.ctx, here.session.unwrap(), origin()).await.unwrap().is_some());
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn nobody_ends_the_session_of_another(db: PgPool) {
    let w = World::new(db);
    let (ada, eve) = (w.user("ada").await, w.user("eve").await);
    assert_eq!(code(sessions::end(&w.ctx, &eve, ada.session.unwrap()).await), ProblemCode::NotFound);
    let unknown: SessionId = w.ctx.new_id();
    assert_eq!(code(sessions::end(&w.ctx, &eve, unknown).await), ProblemCode::NotFound);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_parcel_is_taken_once_in_time_for_its_purpose_by_its_session(db: PgPool) {
    let w = World::new(db);
    let ada = w.user("ada").await;
    let other = w.session(ada.user).await;
    let org = orgs::create::create(&w.ctx, &ada, "Acme").await.unwrap();
    let project = projects::create::create(&w.ctx, &ada, org, "Shop").await.unwrap();
    let make = async || keys::create::create(&w.ctx, &ada, project, key_input("web")).await.unwrap();
    let take = async |actor, purpose: &str| match sessions::parcel::take(&w.ctx, actor, purpose).await.unwrap() {
        Some(taken) => Some(taken.keep().await.unwrap()),
        None => None,
    };

    let (one, two) = (make().await, make().await);
    assert!(!w.dump().await.contains(one.plain.expose()), "sealed in the row");
    assert!(take(&other, &one.id.to_string()).await.is_none(), "another session of the same user");
    assert!(take(&ada, "another purpose").await.is_none());
    drop(sessions::parcel::take(&w.ctx, &ada, &one.id.to_string()).await.unwrap().unwrap());
    assert_eq!(
        take(&ada, &one.id.to_string()).await.unwrap().expose_secret(),
        one.plain.expose(),
        "not kept, not gone"
    );
    assert!(take(&ada, &one.id.to_string()).await.is_none(), "once");
    assert_eq!(take(&ada, &two.id.to_string()).await.unwrap().expose_secret(), two.plain.expose(), "both arrive");

    let late = make().await;
    w.ctx.clock.advance(Duration::minutes(5));
    assert!(take(&ada, &late.id.to_string()).await.is_none());
    make().await;
    w.ctx.clock.advance(Duration::minutes(6));
    sessions::delete_expired(&w.ctx).await.unwrap();
    assert_eq!(w.count("session_parcel").await, 0);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_parcel_that_does_not_open_stays(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    let other = Ctx { vault: Arc::new(another_vault()), ..w.ctx.clone() };
    assert!(keys::show::show(&other, &cast.owner, cast.key.id).await.is_err());
    let (key, text) = keys::show::show(&w.ctx, &cast.owner, cast.key.id).await.unwrap().unwrap().keep().await.unwrap();
    assert_eq!((key.id, text.expose_secret()), (cast.key.id, cast.key.plain.expose()));
    assert!(keys::show::show(&w.ctx, &cast.owner, cast.key.id).await.unwrap().is_none(), "once");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_session_is_made_for_the_password_of_now_alone(db: PgPool) {
    let w = World::new(db);
    let ada = w.user("ada").await;
    let typed = w.proof(ada.user).await;
    w.ctx.clock.advance(Duration::seconds(1));
    let change = ChangePasswordInput { current: password(), new: "another horse entirely".into() };
    change_password(&w.ctx, &ada, change).await.unwrap();
    assert_eq!(code(sessions::create(&w.ctx, "late", &json!(typed)).await), ProblemCode::Unauthenticated);
    assert!(sessions::create(&w.ctx, "unproven", &json!({ "user": ada.user })).await.is_err());
    assert!(sessions::create(&w.ctx, "new", &json!(w.proof(ada.user).await)).await.unwrap());
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_session_that_is_made_during_a_change_of_the_password_does_not_outlive_it(db: PgPool) {
    let w = World::new(db);
    let ada = w.user("ada").await;
    let typed = json!(w.proof(ada.user).await);
    w.ctx.clock.advance(Duration::seconds(1));
    for cookie in 0..5 {
        let cookie = cookie.to_string();
        let change = ChangePasswordInput { current: password(), new: password() };
        let (changed, made) =
            tokio::join!(change_password(&w.ctx, &ada, change), sessions::create(&w.ctx, &cookie, &typed));
        changed.unwrap();
        drop(made);
        assert!(sessions::load(&w.ctx, &cookie).await.unwrap().is_none());
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_key_that_nobody_can_be_shown_is_not_made(db: PgPool) {
    let w = World::new(db);
    let ada = w.user("ada").await;
    let org = orgs::create::create(&w.ctx, &ada, "Acme").await.unwrap();
    let project = projects::create::create(&w.ctx, &ada, org, "Shop").await.unwrap();
    let elsewhere = w.session(ada.user).await;
    sessions::end(&w.ctx, &elsewhere, ada.session.unwrap()).await.unwrap();
    let made = keys::create::create(&w.ctx, &ada, project, key_input("web")).await;
    assert_eq!(code(made), ProblemCode::Unauthenticated);
    assert_eq!(w.count("api_key").await, 0);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_stolen_dump_opens_no_session(db: PgPool) {
    let w = World::new(db);
    sessions::create(&w.ctx, "cookie-value-of-ada", &json!({})).await.unwrap();
    assert!(!w.dump().await.contains("cookie-value-of-ada"));
    sessions::save(&w.ctx, "cookie-value-of-ada", &json!({ "theme": "dark" })).await.unwrap();
    assert_eq!(sessions::load(&w.ctx, "cookie-value-of-ada").await.unwrap().unwrap().data, json!({ "theme": "dark" }));
    sessions::delete(&w.ctx, "cookie-value-of-ada").await.unwrap();
    assert!(sessions::load(&w.ctx, "cookie-value-of-ada").await.unwrap().is_none());
}
