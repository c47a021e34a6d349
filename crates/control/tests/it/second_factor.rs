use crate::world::{PASSWORD, World, code, origin, password};
use control::identity::change_password::{ChangePasswordInput, change_password};
use control::identity::second_factor::enroll::{confirm, enroll, pending};
use control::identity::second_factor::{disable, recovery, status, verify};
use control::identity::sign_in::{SignIn, SignInInput, sign_in};
use control::{Actor, Ctx};
use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use kernel::ProblemCode;
use secrecy::{ExposeSecret, SecretString};
use sha1::Sha1;
use sqlx::PgPool;
use time::Duration;

/// What an authenticator app shows, `steps` away from now: written down a second time on purpose.
fn app(ctx: &Ctx, secret: &str, steps: i64) -> String {
    let step = ctx.now().unix_timestamp() / 30 + steps;
    let mut mac = Hmac::<Sha1>::new_from_slice(&BASE32_NOPAD.decode(secret.as_bytes()).unwrap()).unwrap();
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let at = usize::from(digest[19] & 15);
    let word = u32::from_be_bytes(digest[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", word % 1_000_000)
}

async fn enrolled(w: &World) -> (Actor, String, Vec<SecretString>) {
    let ada = w.user("ada").await;
    let enrollment = enroll(&w.ctx, &ada, password()).await.unwrap();
    let secret = enrollment.secret.expose_secret().to_owned();
    let codes = confirm(&w.ctx, &ada, &app(&w.ctx, &secret, 0)).await.unwrap();
    w.ctx.clock.advance(Duration::minutes(1));
    (ada, secret, codes)
}

fn credentials() -> SignInInput {
    SignInInput { email: "ada@example.com".into(), password: PASSWORD.into(), device: None }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_secret_counts_once_its_first_code_was_right(db: PgPool) {
    let w = World::new(db);
    let ada = w.user("ada").await;
    assert_eq!(code(enroll(&w.ctx, &ada, "not the password".into()).await), ProblemCode::Invalid);
    assert!(pending(&w.ctx, &ada).await.unwrap().is_none());
    let enrollment = enroll(&w.ctx, &ada, password()).await.unwrap();
    let secret = enrollment.secret.expose_secret();
    assert!(enrollment.url.expose_secret().starts_with("otpauth://totp/Pentaprism:ada%40example.com?secret="));
    assert_eq!(pending(&w.ctx, &ada).await.unwrap().unwrap().secret.expose_secret(), secret);
    assert_eq!(
        sign_in(&w.ctx, origin(), credentials()).await.unwrap(),
        SignIn::Done(w.proof(ada.user).await),
        "not on yet"
    );

    assert_eq!(code(confirm(&w.ctx, &ada, "000000").await), ProblemCode::Invalid);
    let codes = confirm(&w.ctx, &ada, &app(&w.ctx, secret, 0)).await.unwrap();
    assert_eq!(codes.len(), 10);
    assert!(pending(&w.ctx, &ada).await.unwrap().is_none(), "shown until it is on");
    assert_eq!(status(&w.ctx, &ada).await.unwrap().recovery_codes_left, 10);
    assert_eq!(code(enroll(&w.ctx, &ada, password()).await), ProblemCode::Conflict);
    w.audited("second_factor.confirm").await;
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn signing_in_takes_the_password_and_a_code_that_works_once(db: PgPool) {
    let w = World::new(db);
    let (ada, secret, _) = enrolled(&w).await;
    let proof = w.proof(ada.user).await;
    assert_eq!(sign_in(&w.ctx, origin(), credentials()).await.unwrap(), SignIn::SecondFactor(w.proof(ada.user).await));
    assert!(w.audit().await.iter().all(|event| event.action != "user.sign_in"), "half way is not in");
    let typed = app(&w.ctx, &secret, 0);
    verify::verify(&w.ctx, origin(), proof, &format!("{} {}", &typed[..3], &typed[3..])).await.unwrap();
    assert_eq!(w.audited("user.sign_in").await.after.unwrap()["second_factor"], "totp");
    assert_eq!(code(verify::verify(&w.ctx, origin(), proof, &typed).await), ProblemCode::Invalid, "a replay");
    let earlier = app(&w.ctx, &secret, -1);
    assert_eq!(code(verify::verify(&w.ctx, origin(), proof, &earlier).await), ProblemCode::Invalid);
    verify::verify(&w.ctx, origin(), proof, &app(&w.ctx, &secret, 1)).await.unwrap();
    assert_eq!(code(verify::verify(&w.ctx, origin(), proof, &app(&w.ctx, &secret, 3)).await), ProblemCode::Invalid);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn one_of_eight_at_once_uses_a_code(db: PgPool) {
    let w = World::new(db);
    let (ada, secret, codes) = enrolled(&w).await;
    let proof = w.proof(ada.user).await;
    for typed in [app(&w.ctx, &secret, 0), codes[0].expose_secret().to_owned()] {
        let tasks: Vec<_> = (0..4)
            .map(|_| {
                let (ctx, typed) = (w.ctx.clone(), typed.clone());
                tokio::spawn(async move { verify::verify(&ctx, origin(), proof, &typed).await.is_ok() })
            })
            .collect();
        let mut accepted = 0;
        for task in tasks {
            accepted += u32::from(task.await.unwrap());
        }
        assert_eq!(accepted, 1);
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn each_recovery_code_works_once_however_it_is_typed(db: PgPool) {
    let w = World::with_mail(db);
    let (ada, _, codes) = enrolled(&w).await;
    let proof = w.proof(ada.user).await;
    w.mail().await;
    let typed = codes[3].expose_secret().to_lowercase().replace('-', " ");
    verify::verify(&w.ctx, origin(), proof, &typed).await.unwrap();
    assert_eq!(code(verify::verify(&w.ctx, origin(), proof, &typed).await), ProblemCode::Invalid);
    assert_eq!(w.audited("second_factor.use_code").await.after.unwrap()["left"], 9);
    assert_eq!(w.mail().await[0].subject, "A recovery code was used");

    let fresh = recovery::regenerate(&w.ctx, &ada, password()).await.unwrap();
    let old = verify::verify(&w.ctx, origin(), proof, codes[4].expose_secret()).await;
    assert_eq!(code(old), ProblemCode::Invalid);
    verify::verify(&w.ctx, origin(), proof, fresh[0].expose_secret()).await.unwrap();
    let dump = w.dump().await;
    assert!(fresh.iter().all(|code| !dump.contains(code.expose_secret())));
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn guesses_run_out(db: PgPool) {
    let w = World::new(db);
    let (ada, secret, _) = enrolled(&w).await;
    let proof = w.proof(ada.user).await;
    w.ctx.clock.advance(Duration::hours(1));
    for _ in 0..10 {
        assert_eq!(code(verify::verify(&w.ctx, origin(), proof, "000000").await), ProblemCode::Invalid);
    }
    let right = app(&w.ctx, &secret, 0);
    assert_eq!(code(verify::verify(&w.ctx, origin(), proof, &right).await), ProblemCode::TooMany);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn it_is_turned_off_with_the_password_or_by_an_operator(db: PgPool) {
    let w = World::new(db);
    let (ada, secret, _) = enrolled(&w).await;
    let proof = w.proof(ada.user).await;
    assert_eq!(code(disable::disable(&w.ctx, &ada, "not the password".into()).await), ProblemCode::Invalid);
    disable::disable(&w.ctx, &ada, password()).await.unwrap();
    w.audited("second_factor.disable").await;
    assert_eq!(w.count("recovery_code").await, 0);
    assert_eq!(sign_in(&w.ctx, origin(), credentials()).await.unwrap(), SignIn::Done(w.proof(ada.user).await));
    let stale = verify::verify(&w.ctx, origin(), proof, &app(&w.ctx, &secret, 0)).await;
    assert_eq!(code(stale), ProblemCode::Unauthenticated);
    assert_eq!(code(recovery::regenerate(&w.ctx, &ada, password()).await), ProblemCode::Conflict);

    let again = enroll(&w.ctx, &ada, password()).await.unwrap();
    confirm(&w.ctx, &ada, &app(&w.ctx, again.secret.expose_secret(), 0)).await.unwrap();
    let op = w.operator("op").await;
    control::operator::users::delete::disable_second_factor(&w.ctx, &op, ada.user).await.unwrap();
    assert_eq!(status(&w.ctx, &ada).await.unwrap().enabled_since, None);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_changed_password_ends_a_sign_in_that_waits_for_its_code(db: PgPool) {
    let w = World::new(db);
    let (ada, secret, codes) = enrolled(&w).await;
    let SignIn::SecondFactor(proof) = sign_in(&w.ctx, origin(), credentials()).await.unwrap() else {
        panic!("a code is asked")
    };
    let change = ChangePasswordInput { current: password(), new: "another horse entirely".into() };
    change_password(&w.ctx, &ada, change).await.unwrap();
    for typed in [app(&w.ctx, &secret, 0), codes[0].expose_secret().to_owned()] {
        assert_eq!(code(verify::verify(&w.ctx, origin(), proof, &typed).await), ProblemCode::Unauthenticated);
    }
    assert_eq!(status(&w.ctx, &ada).await.unwrap().recovery_codes_left, 10, "nothing is used up");
}
