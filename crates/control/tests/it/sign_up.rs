use crate::world::{World, code, email, origin, origin_from, password, token};
use control::Origin;
use control::identity::sign_in::{SignIn, SignInInput, sign_in};
use control::identity::sign_up::{Policy, SignUp, SignUpInput, sign_up};
use control::identity::{reset_password, store, verify_email};
use control::orgs::invitations::invite::{InviteInput, invite};
use kernel::ProblemCode;
use secrecy::SecretString;
use sqlx::PgPool;
use std::collections::BTreeSet;
use time::Duration;

fn input(name: &str) -> SignUpInput {
    SignUpInput { name: name.into(), email: format!("{name}@example.com"), password: password() }
}

fn credentials(name: &str, password: &str) -> SignInInput {
    SignInInput { email: format!("{name}@example.com"), password: SecretString::from(password), device: None }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn without_mail_sign_up_signs_in_at_once_and_tells_a_taken_address(db: PgPool) {
    let w = World::new(db);
    let SignUp::SignedIn(proof) = sign_up(&w.ctx, Policy::Open, origin(), input("ada")).await.unwrap() else {
        panic!("signed in")
    };
    let event = w.audited("user.sign_up").await;
    assert_eq!((event.target, event.by_somebody), (proof.user.to_string(), true));
    let Err(control::Error::Problem(problem)) = sign_up(&w.ctx, Policy::Open, origin(), input("ada")).await else {
        panic!("the address is taken")
    };
    assert!(problem.of_field("email").is_some());
    assert_eq!(w.audit().await.len(), 1, "what failed left nothing behind");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn all_wrong_fields_are_named_at_once(db: PgPool) {
    let w = World::new(db);
    let input = SignUpInput { name: String::new(), email: "x".into(), password: "short".into() };
    let Err(control::Error::Problem(problem)) = sign_up(&w.ctx, Policy::Open, origin(), input).await else {
        panic!("refused")
    };
    assert!(["name", "email", "password"].iter().all(|field| problem.of_field(field).is_some()));
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn of_eight_first_sign_ups_at_once_one_becomes_the_operator(db: PgPool) {
    let w = World::new(db);
    let tasks: Vec<_> = (0..8)
        .map(|n| {
            let w = w.clone();
            tokio::spawn(async move { sign_up(&w.ctx, Policy::Open, origin(), input(&format!("user{n}"))).await })
        })
        .collect();
    let mut users = BTreeSet::new();
    for task in tasks {
        users.insert(format!("{:?}", task.await.unwrap().unwrap()));
    }
    assert_eq!(users.len(), 8);
    assert_eq!(w.count("user_account where is_operator").await, 1);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn the_policy_admits_the_first_then_whom_it_says(db: PgPool) {
    let w = World::new(db);
    sign_up(&w.ctx, Policy::Closed, origin(), input("first")).await.unwrap();
    assert_eq!(code(sign_up(&w.ctx, Policy::Closed, origin(), input("ada")).await), ProblemCode::Forbidden);
    assert_eq!(code(sign_up(&w.ctx, Policy::Invite, origin(), input("ada")).await), ProblemCode::Forbidden);
    let cast = w.cast("").await;
    let invitation = InviteInput { email: "ada@example.com".into(), role: "viewer".into() };
    invite(&w.ctx, &cast.admin, cast.org, invitation).await.unwrap();
    sign_up(&w.ctx, Policy::Invite, origin(), input("ada")).await.unwrap();
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn with_mail_free_taken_and_waiting_addresses_answer_alike(db: PgPool) {
    let w = World::with_mail(db);
    w.user("known").await;
    for name in ["known", "free", "free"] {
        assert_eq!(sign_up(&w.ctx, Policy::Open, origin(), input(name)).await.unwrap(), SignUp::CheckMail);
    }
    let mut mail: Vec<_> = w.mail().await.into_iter().map(|m| (m.to.to_string(), m.subject)).collect();
    mail.sort();
    let expected =
        [("free@example.com", "Verify your email address"), ("known@example.com", "You already have an account")];
    assert_eq!(mail, expected.map(|(to, subject)| (to.to_owned(), subject.to_owned())));
    assert!(!w.audited("user.sign_up_again").await.by_somebody);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn the_mailed_link_opens_the_account_once(db: PgPool) {
    let w = World::with_mail(db);
    sign_up(&w.ctx, Policy::Open, origin(), input("ada")).await.unwrap();
    let wrong = sign_in(&w.ctx, origin(), credentials("ada", "another password")).await;
    assert_eq!(code(wrong), ProblemCode::Unauthenticated, "whether it waits is told to the right password alone");
    let early = sign_in(&w.ctx, origin(), credentials("ada", crate::world::PASSWORD)).await;
    assert_eq!(code(early), ProblemCode::Forbidden);

    let token = token(&w.mail().await[0]);
    assert_eq!(verify_email::verify(&w.ctx, origin(), &token, password()).await.unwrap(), email("ada@example.com"));
    assert_eq!(code(verify_email::verify(&w.ctx, origin(), &token, password()).await), ProblemCode::NotFound);
    w.audited("user.verify_email").await;
    let done = sign_in(&w.ctx, origin(), credentials("ada", crate::world::PASSWORD)).await.unwrap();
    assert!(matches!(done, SignIn::Done(_)));
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn with_mail_the_first_verified_address_becomes_the_operators(db: PgPool) {
    let w = World::with_mail(db);
    let is_operator = async |name: &str| {
        let query = "select is_operator from user_account where email = $1";
        sqlx::query_scalar::<_, bool>(query).bind(format!("{name}@example.com")).fetch_one(&w.ctx.db).await.unwrap()
    };
    sign_up(&w.ctx, Policy::Closed, origin(), input("mistyped")).await.unwrap();
    sign_up(&w.ctx, Policy::Closed, origin(), input("grace")).await.unwrap();
    assert_eq!(w.count("user_account where is_operator").await, 0);
    let mail = w.mail().await;
    let of = |name: &str| token(mail.iter().find(|mail| mail.to == email(&format!("{name}@example.com"))).unwrap());
    verify_email::verify(&w.ctx, origin(), &of("grace"), password()).await.unwrap();
    assert!(is_operator("grace").await);
    assert_eq!(w.audited("user.verify_email").await.after.unwrap()["operator"], true);
    verify_email::verify(&w.ctx, origin(), &of("mistyped"), password()).await.unwrap();
    assert!(!is_operator("mistyped").await);
    assert_eq!(code(sign_up(&w.ctx, Policy::Closed, origin(), input("late")).await), ProblemCode::Forbidden);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn who_signs_up_first_with_an_address_that_is_not_theirs_gains_nothing(db: PgPool) {
    let w = World::with_mail(db);
    let mine = SignUpInput { password: "an attacker's password".into(), ..input("ada") };
    sign_up(&w.ctx, Policy::Open, origin(), mine).await.unwrap();
    let first = token(&w.mail().await[0]);
    sign_up(&w.ctx, Policy::Open, origin(), input("ada")).await.unwrap();
    let second = token(&w.mail().await[0]);

    assert_eq!(code(verify_email::verify(&w.ctx, origin(), &first, password()).await), ProblemCode::NotFound);
    verify_email::verify(&w.ctx, origin(), &second, password()).await.unwrap();
    let theirs = sign_in(&w.ctx, origin(), credentials("ada", "an attacker's password")).await;
    assert_eq!(code(theirs), ProblemCode::Unauthenticated);
    assert!(matches!(sign_in(&w.ctx, origin(), credentials("ada", crate::world::PASSWORD)).await, Ok(SignIn::Done(_))));
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn who_signs_up_last_with_an_address_that_is_not_theirs_gains_nothing_either(db: PgPool) {
    let w = World::with_mail(db);
    sign_up(&w.ctx, Policy::Open, origin(), input("ada")).await.unwrap();
    w.mail().await;
    let theirs = "an attacker's password";
    let again = SignUpInput { password: theirs.into(), ..input("ada") };
    sign_up(&w.ctx, Policy::Open, origin_from(1), again).await.unwrap();
    let link = token(&w.mail().await[0]);

    let refused = verify_email::verify(&w.ctx, origin(), &link, password()).await;
    let Err(control::Error::Problem(problem)) = refused else { panic!("another password than hers") };
    assert!(problem.of_field("password").is_some());
    assert_eq!(code(sign_in(&w.ctx, origin_from(1), credentials("ada", theirs)).await), ProblemCode::Forbidden);
    sign_up(&w.ctx, Policy::Open, origin(), input("ada")).await.unwrap();
    let link = token(&w.mail().await[0]);
    assert_eq!(code(verify_email::verify(&w.ctx, origin(), &link, theirs.into()).await), ProblemCode::Invalid);
    verify_email::verify(&w.ctx, origin(), &link, password()).await.unwrap();
    assert!(matches!(sign_in(&w.ctx, origin(), credentials("ada", crate::world::PASSWORD)).await, Ok(SignIn::Done(_))));
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn who_has_the_link_cannot_guess_its_password_for_long(db: PgPool) {
    let w = World::with_mail(db);
    sign_up(&w.ctx, Policy::Open, origin(), input("ada")).await.unwrap();
    let link = token(&w.mail().await[0]);
    let verify = |password| verify_email::verify(&w.ctx, origin(), &link, password);
    for _ in 0..10 {
        assert_eq!(code(verify("not the password".into()).await), ProblemCode::Invalid);
    }
    assert_eq!(code(verify(password()).await), ProblemCode::TooMany);
    w.ctx.clock.advance(Duration::seconds(61));
    verify(password()).await.unwrap();
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_link_is_sent_again_on_request_and_ends_after_a_day(db: PgPool) {
    let w = World::with_mail(db);
    sign_up(&w.ctx, Policy::Open, origin(), input("ada")).await.unwrap();
    w.mail().await;
    for name in ["ada", "nobody"] {
        verify_email::resend(&w.ctx, origin(), &format!("{name}@example.com")).await.unwrap();
    }
    let mail = w.mail().await;
    assert_eq!(mail.len(), 1, "nobody@example.com gets none");
    w.ctx.clock.advance(Duration::hours(25));
    assert_eq!(code(verify_email::verify(&w.ctx, origin(), &token(&mail[0]), password()).await), ProblemCode::NotFound);
    assert_eq!(control::identity::links::delete_expired(&w.ctx).await.unwrap(), 2);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn an_account_made_without_mail_is_never_replaced(db: PgPool) {
    let w = World::new(db.clone());
    sign_up(&w.ctx, Policy::Open, Origin::default(), input("ada")).await.unwrap();
    let w = World::with_mail(db);
    let other = SignUpInput { password: "an attacker's password".into(), ..input("ada") };
    sign_up(&w.ctx, Policy::Open, origin(), other).await.unwrap();
    assert!(matches!(sign_in(&w.ctx, origin(), credentials("ada", crate::world::PASSWORD)).await, Ok(SignIn::Done(_))));
    let mut db = w.ctx.db.acquire().await.unwrap();
    let user = store::user_by_email(&mut db, &email("ada@example.com")).await.unwrap().unwrap();
    assert!(!store::is_verified(&mut db, user.id).await.unwrap());
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_flood_of_sign_ups_cannot_keep_the_owner_of_an_address_out(db: PgPool) {
    let w = World::with_mail(db);
    sign_up(&w.ctx, Policy::Open, origin(), input("ada")).await.unwrap();
    reset_password::request(&w.ctx, origin(), "ada@example.com").await.unwrap();
    let reset = w.mail().await.into_iter().find(|message| message.subject == "Choose a new password").unwrap();
    for _ in 0..5 {
        let theirs = SignUpInput { password: "an attacker's password".into(), ..input("ada") };
        sign_up(&w.ctx, Policy::Open, origin(), theirs).await.unwrap();
    }
    assert!(w.mail().await.len() <= 1);
    reset_password::complete(&w.ctx, origin(), &token(&reset), password()).await.unwrap();
    assert!(matches!(sign_in(&w.ctx, origin(), credentials("ada", crate::world::PASSWORD)).await, Ok(SignIn::Done(_))));
}
