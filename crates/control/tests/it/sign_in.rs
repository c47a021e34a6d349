use crate::world::{PASSWORD, World, code, origin, origin_from, password};
use control::identity::passwords::Passwords;
use control::identity::sign_in::{SignIn, SignInInput, sign_in};
use control::{Ctx, Origin, Rng};
use kernel::ProblemCode;
use secrecy::SecretString;
use sqlx::PgPool;
use std::sync::Arc;
use time::Duration;

fn input(name: &str, password: &str) -> SignInInput {
    SignInInput { email: format!("{name}@example.com"), password: SecretString::from(password) }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn the_right_password_signs_in_and_a_wrong_one_says_no_more_than_that(db: PgPool) {
    let w = World::new(db);
    let ada = w.user("ada").await;
    assert_eq!(sign_in(&w.ctx, origin(), input("ada", PASSWORD)).await.unwrap(), SignIn::Done(ada.user));
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
    w.ctx.clock.advance(Duration::seconds(10));
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
async fn a_hash_follows_when_parameters_rise(db: PgPool) {
    let w = World::new(db);
    w.user("ada").await;
    let strong = Passwords::new(20 * 1024, 2, &Rng::seeded(9)).unwrap();
    let ctx = Ctx { passwords: Arc::new(strong), ..w.ctx.clone() };
    sign_in(&ctx, Origin::default(), input("ada", PASSWORD)).await.unwrap();
    assert_eq!(w.count("user_account where password_hash like '%m=20480%'").await, 1);
    sign_in(&ctx, Origin::default(), SignInInput { email: " ADA@example.com ".into(), password: password() })
        .await
        .unwrap();
}
