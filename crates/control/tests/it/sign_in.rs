use crate::world::{PASSWORD, World, code, origin, origin_from, password};
use control::identity::device;
use control::identity::passwords::Passwords;
use control::identity::reset_password;
use control::identity::sign_in::{SignIn, SignInInput, sign_in};
use control::operator::users::reset_link::reset_link;
use control::{Ctx, Origin, Rng};
use kernel::ProblemCode;
use secrecy::{ExposeSecret, SecretString};
use sqlx::PgPool;
use std::sync::Arc;
use time::Duration;

fn input(name: &str, password: &str) -> SignInInput {
    SignInInput { email: format!("{name}@example.com"), password: SecretString::from(password), device: None }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn the_right_password_signs_in_and_a_wrong_one_says_no_more_than_that(db: PgPool) {
    let w = World::new(db);
    let ada = w.user("ada").await;
    assert_eq!(sign_in(&w.ctx, origin(), input("ada", PASSWORD)).await.unwrap(), SignIn::Done(w.proof(ada.user).await));
    w.audited("user.sign_in").await;
    let problem =
        async |name| sign_in(&w.ctx, origin(), input(name, "not the password")).await.unwrap_err().to_string();
    assert_eq!(problem("ada").await, problem("nobody").await);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn tries_run_out_alike_for_known_and_unknown_addresses_and_per_network(db: PgPool) {
    let w = World::new(db);
    w.user("ada").await;
    for name in ["ada", "nobody"] {
        for _ in 0..10 {
            let wrong = sign_in(&w.ctx, origin_from(1), input(name, "not the password")).await;
            assert_eq!(code(wrong), ProblemCode::Unauthenticated);
        }
        assert_eq!(code(sign_in(&w.ctx, origin_from(1), input(name, PASSWORD)).await), ProblemCode::TooMany);
    }
    assert!(
        sign_in(&w.ctx, origin_from(2), input("ada", PASSWORD)).await.is_ok(),
        "nobody is locked out from elsewhere"
    );
    w.ctx.clock.advance(Duration::seconds(61));
    assert!(sign_in(&w.ctx, origin_from(1), input("ada", PASSWORD)).await.is_ok());
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn many_networks_together_run_out_too_but_not_where_its_owner_is(db: PgPool) {
    let w = World::new(db);
    w.user("ada").await;
    let guess = |n: u8| sign_in(&w.ctx, origin_from(n), input("ada", "not the password"));
    for n in 0..100 {
        assert_eq!(code(guess(n).await), ProblemCode::Unauthenticated);
    }
    assert_eq!(code(guess(101).await), ProblemCode::TooMany);
    assert!(sign_in(&w.ctx, origin(), input("ada", PASSWORD)).await.is_ok(), "a live session vouches for its network");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_browser_that_signed_in_before_is_kept_out_by_nobody(db: PgPool) {
    let w = World::new(db);
    let (ada, eve) = (w.user("ada").await, w.user("eve").await);
    for n in 0..100 {
        let guess = sign_in(&w.ctx, origin_from(n), input("ada", "not the password")).await;
        assert_eq!(code(guess), ProblemCode::Unauthenticated);
    }
    let new_place = || origin_from(200);
    let with = |device: &str, password: &str| SignInInput { device: Some(device.into()), ..input("ada", password) };
    assert_eq!(code(sign_in(&w.ctx, new_place(), input("ada", PASSWORD)).await), ProblemCode::TooMany);
    let (own, other) = (device::remember(&w.ctx, ada.user).unwrap(), device::remember(&w.ctx, eve.user).unwrap());
    for none in [&other, "AAAA", "", "not base64!"] {
        let tried = sign_in(&w.ctx, new_place(), with(none, PASSWORD)).await;
        assert_eq!(code(tried), ProblemCode::TooMany, "{none}");
    }
    assert!(sign_in(&w.ctx, new_place(), with(&own, PASSWORD)).await.is_ok());

    // It guesses no faster than a network does, wherever it is carried to, and takes nothing from its owner's other browsers.
    for n in 0..9 {
        let guess = sign_in(&w.ctx, origin_from(n), with(&own, "not the password")).await;
        assert_eq!(code(guess), ProblemCode::Unauthenticated);
    }
    assert_eq!(code(sign_in(&w.ctx, new_place(), with(&own, PASSWORD)).await), ProblemCode::TooMany);
    let second = device::remember(&w.ctx, ada.user).unwrap();
    assert!(sign_in(&w.ctx, new_place(), with(&second, PASSWORD)).await.is_ok());
    w.ctx.clock.advance(device::LIFETIME + Duration::seconds(1));
    assert!(device::recognise(&w.ctx, &second, w.ctx.now()).is_none());
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn one_network_keeps_nobody_out_however_long_it_guesses(db: PgPool) {
    let w = World::new(db);
    w.user("ada").await;
    let mut admitted = 0;
    for _ in 0..600 {
        let guess = sign_in(&w.ctx, origin_from(1), input("ada", "not the password")).await;
        admitted += u32::from(code(guess) == ProblemCode::Unauthenticated);
        w.ctx.clock.advance(Duration::seconds(6));
    }
    assert!(admitted < 80, "{admitted} guesses in an hour");
    assert!(sign_in(&w.ctx, origin_from(2), input("ada", PASSWORD)).await.is_ok(), "a new place");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn who_chose_the_password_by_a_link_is_known_there_during_a_flood(db: PgPool) {
    let w = World::new(db);
    let (ada, op) = (w.user("ada").await, w.operator("op").await);
    for n in 0..100 {
        let guess = sign_in(&w.ctx, origin_from(n), input("ada", "not the password")).await;
        assert_eq!(code(guess), ProblemCode::Unauthenticated);
    }
    assert_eq!(code(sign_in(&w.ctx, origin_from(200), input("ada", PASSWORD)).await), ProblemCode::TooMany);
    let link = reset_link(&w.ctx, &op, ada.user).await.unwrap();
    reset_password::complete(&w.ctx, origin_from(200), link.expose_secret(), password()).await.unwrap();
    assert!(sign_in(&w.ctx, origin_from(200), input("ada", PASSWORD)).await.is_ok());
    assert_eq!(code(sign_in(&w.ctx, origin_from(201), input("ada", PASSWORD)).await), ProblemCode::TooMany);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_full_queue_puts_off_the_new_hash_and_not_who_signs_in(db: PgPool) {
    let w = World::new(db);
    let strong = Arc::new(Passwords::new(20 * 1024, 2, &Rng::seeded(9)).unwrap());
    let ctx = Ctx { passwords: strong.clone(), ..w.ctx.clone() };
    let mut places: Vec<_> = std::iter::from_fn(|| strong.queue().ok()).collect();
    drop(places.pop());
    for user in 0..100 {
        let name = format!("user{user}");
        w.user(&name).await;
        // The one place left is taken, then given back when the comparison begins: from then on there is none.
        let mut signing_in = std::pin::pin!(sign_in(&ctx, origin(), input(&name, PASSWORD)));
        let (mut was_taken, mut last) = (false, None);
        let signed_in = loop {
            tokio::select! {
                biased;
                signed_in = &mut signing_in => break signed_in,
                () = tokio::task::yield_now() => {}
            }
            match strong.queue() {
                Ok(place) if was_taken => last = Some(place),
                Ok(_) => {}
                Err(_) => was_taken = true,
            }
        };
        signed_in.unwrap();
        // A machine that is busy may let the moment pass; another user, another try.
        if last.is_some() {
            assert_eq!(w.count("user_account where password_hash like '%m=20480%'").await, user);
            return;
        }
    }
    panic!("the queue was never full in time");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_hash_follows_when_parameters_rise(db: PgPool) {
    let w = World::new(db);
    w.user("ada").await;
    let strong = Passwords::new(20 * 1024, 2, &Rng::seeded(9)).unwrap();
    let ctx = Ctx { passwords: Arc::new(strong), ..w.ctx.clone() };
    sign_in(&ctx, Origin::default(), input("ada", PASSWORD)).await.unwrap();
    assert_eq!(w.count("user_account where password_hash like '%m=20480%'").await, 1);
    sign_in(
        &ctx,
        Origin::default(),
        SignInInput { email: " ADA@example.com ".into(), password: password(), device: None },
    )
    .await
    .unwrap();
}
