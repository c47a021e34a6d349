use crate::world::{PASSWORD, World, code, email, origin, origin_from, password, token};
use control::identity::change_password::{ChangePasswordInput, change_password};
use control::identity::passwords::Passwords;
use control::identity::sign_in::{SignInInput, sign_in};
use control::identity::{self, reset_password};
use control::{Actor, Ctx, Rng};
use kernel::{ProblemCode, UserId};
use sqlx::PgPool;
use std::sync::Arc;
use time::Duration;

const NEW: &str = "another horse entirely";

async fn can_sign_in(w: &World, password: &str) -> bool {
    let input = SignInInput { email: "ada@example.com".into(), password: password.into(), device: None };
    sign_in(&w.ctx, origin(), input).await.is_ok()
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_changed_password_ends_every_other_session(db: PgPool) {
    let w = World::with_mail(db);
    let here = w.user("ada").await;
    let there = w.session(here.user).await;
    let wrong = ChangePasswordInput { current: "not it at all".into(), new: NEW.into() };
    assert_eq!(code(change_password(&w.ctx, &here, wrong).await), ProblemCode::Invalid);
    change_password(&w.ctx, &here, ChangePasswordInput { current: password(), new: NEW.into() }).await.unwrap();
    assert!(identity::whoami(&w.ctx, here.session.unwrap(), origin()).await.unwrap().is_some());
    assert!(identity::whoami(&w.ctx, there.session.unwrap(), origin()).await.unwrap().is_none());
    assert!(can_sign_in(&w, NEW).await && !can_sign_in(&w, PASSWORD).await);
    w.audited("user.change_password").await;
    assert_eq!(w.mail().await[0].subject, "Your password was changed");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_reset_link_sets_a_password_once_and_ends_all_sessions(db: PgPool) {
    let w = World::with_mail(db);
    let ada = w.user("ada").await;
    reset_password::request(&w.ctx, origin(), "ada@example.com").await.unwrap();
    reset_password::request(&w.ctx, origin(), "ada@example.com").await.unwrap();
    let mail = w.mail().await;
    assert_eq!(mail.len(), 1, "two requests at once are one letter");
    let token = token(&mail[0]);
    assert!(!w.dump().await.contains(&token));
    assert_eq!(reset_password::look_up(&w.ctx, &origin(), &token).await.unwrap(), email("ada@example.com"));

    assert_eq!(code(reset_password::complete(&w.ctx, origin(), &token, "short".into()).await), ProblemCode::Invalid);
    reset_password::complete(&w.ctx, origin(), &token, NEW.into()).await.unwrap();
    assert_eq!(code(reset_password::complete(&w.ctx, origin(), &token, NEW.into()).await), ProblemCode::NotFound);
    assert!(identity::whoami(&w.ctx, ada.session.unwrap(), origin()).await.unwrap().is_none());
    assert!(can_sign_in(&w, NEW).await);
    w.audited("user.reset_password").await;
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn one_of_two_at_once_uses_the_link(db: PgPool) {
    let w = World::with_mail(db);
    w.user("ada").await;
    reset_password::request(&w.ctx, origin(), "ada@example.com").await.unwrap();
    let token = token(&w.mail().await[0]);
    let complete = || reset_password::complete(&w.ctx, origin(), &token, NEW.into());
    let (one, two) = tokio::join!(complete(), complete());
    assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|done| **done).count(), 1);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_request_writes_the_same_for_known_and_unknown_addresses(db: PgPool) {
    let w = World::with_mail(db);
    w.user("ada").await;
    for name in ["ada", "bob"] {
        reset_password::request(&w.ctx, origin(), &format!("{name}@example.com")).await.unwrap();
    }
    assert_eq!(w.count("outgoing_mail").await, 2);
    assert_eq!(w.count("mailed_link").await, 0, "whose address it is, is looked at when the letter goes out");
    let sizes: Vec<i32> = sqlx::query_scalar("select distinct octet_length(letter) from outgoing_mail")
        .fetch_all(&w.ctx.db)
        .await
        .unwrap();
    assert_eq!(sizes.len(), 1);
    let mail = w.mail().await;
    assert_eq!(mail.iter().map(|message| message.to.as_str()).collect::<Vec<_>>(), ["ada@example.com"]);
    let events = w.audit().await;
    assert!(events.iter().all(|event| event.action == "user.request_reset" && !event.by_somebody));
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_reset_link_ends_after_an_hour_and_with_a_changed_password(db: PgPool) {
    let w = World::with_mail(db);
    let ada = w.user("ada").await;
    reset_password::request(&w.ctx, origin(), "ada@example.com").await.unwrap();
    let first = token(&w.mail().await[0]);
    w.ctx.clock.advance(Duration::minutes(61));
    assert_eq!(code(reset_password::look_up(&w.ctx, &origin(), &first).await), ProblemCode::NotFound);
    reset_password::request(&w.ctx, origin(), "ada@example.com").await.unwrap();
    let second = token(&w.mail().await[0]);
    change_password(&w.ctx, &ada, ChangePasswordInput { current: password(), new: NEW.into() }).await.unwrap();
    assert_eq!(code(reset_password::look_up(&w.ctx, &origin(), &second).await), ProblemCode::NotFound);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn requests_run_out_and_without_mail_there_are_none(db: PgPool) {
    let w = World::with_mail(db.clone());
    for name in ["ada", "bob"] {
        let request = || reset_password::request(&w.ctx, origin(), name);
        assert_eq!(code(request().await), ProblemCode::Invalid);
        let address = format!("{name}@example.com");
        for _ in 0..3 {
            reset_password::request(&w.ctx, origin(), &address).await.unwrap();
        }
        assert_eq!(code(reset_password::request(&w.ctx, origin(), &address).await), ProblemCode::TooMany);
    }
    let silent = World::new(db);
    assert_eq!(code(reset_password::request(&silent.ctx, origin(), "ada@example.com").await), ProblemCode::Conflict);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn an_operators_link_works_like_a_mailed_one(db: PgPool) {
    use control::operator::users::reset_link::reset_link;
    use secrecy::ExposeSecret;
    let w = World::new(db);
    let (ada, op) = (w.user("ada").await, w.operator("op").await);
    let token = reset_link(&w.ctx, &op, ada.user).await.unwrap();
    w.audited("user.reset_link").await;
    reset_password::complete(&w.ctx, origin(), token.expose_secret(), NEW.into()).await.unwrap();
    assert!(can_sign_in(&w, NEW).await);
    let nobody: UserId = w.ctx.new_id();
    assert_eq!(code(reset_link(&w.ctx, &op, nobody).await), ProblemCode::NotFound);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn an_upgrade_of_the_old_password_never_undoes_a_change(db: PgPool) {
    let w = World::new(db);
    let ada = w.user("ada").await;
    let strong = Passwords::new(20 * 1024, 2, &Rng::seeded(9)).unwrap();
    let strong = World { ctx: Ctx { passwords: Arc::new(strong), ..w.ctx.clone() } };
    let change = ChangePasswordInput { current: password(), new: NEW.into() };
    let (changed, _) = tokio::join!(change_password(&w.ctx, &ada, change), can_sign_in(&strong, PASSWORD));
    changed.unwrap();
    assert!(can_sign_in(&w, NEW).await && !can_sign_in(&w, PASSWORD).await);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_stolen_session_guesses_no_further_by_moving_from_network_to_network(db: PgPool) {
    let w = World::new(db);
    let ada = w.user("ada").await;
    let guess = |n: u8| {
        let (ctx, actor) = (w.ctx.clone(), Actor { origin: origin_from(n), ..ada.clone() });
        let input = ChangePasswordInput { current: "not it at all".into(), new: NEW.into() };
        async move { code(change_password(&ctx, &actor, input).await) }
    };
    for n in 0..20 {
        assert_eq!(guess(n).await, ProblemCode::Invalid);
    }
    assert_eq!(guess(20).await, ProblemCode::TooMany);
}
