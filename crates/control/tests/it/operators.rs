use crate::world::{World, code, email, origin, password};
use control::identity::sign_in::{SignIn, SignInInput, sign_in};
use control::identity::sign_up::{Policy, SignUpInput, sign_up};
use control::operator::settings::{SettingKey, Settings, list, load, set};
use control::operator::users::create::{CreateUserInput, create};
use control::operator::users::delete::delete;
use control::operator::users::list::by_email;
use control::operator::users::set_operator::set_operator;
use control::operator::{orgs, users};
use control::{Actor, context::Rules};
use kernel::page::PageRequest;
use kernel::{Access, ProblemCode, Product};
use sqlx::PgPool;

fn new_user(name: &str) -> CreateUserInput {
    let email = format!("{name}@example.com");
    CreateUserInput { name: name.into(), email, password: password(), operator: false }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn operators_make_find_and_delete_users(db: PgPool) {
    let w = World::with_mail(db);
    let op = w.operator("op").await;
    let id = create(&w.ctx, &op, new_user("ada")).await.unwrap();
    assert_eq!(code(create(&w.ctx, &op, new_user("ada")).await), ProblemCode::Invalid);
    let input = SignInInput { email: "ada@example.com".into(), password: password(), device: None };
    assert_eq!(sign_in(&w.ctx, origin(), input).await.unwrap(), SignIn::Done(w.proof(id).await), "no mail to wait for");
    assert_eq!(by_email(&w.ctx, &op, "ADA@example.com").await.unwrap().id, id);
    let page = users::list::list(&w.ctx, &op, "ad", PageRequest::new(1)).await.unwrap();
    assert_eq!((page.total, page.items[0].user.email.clone()), (1, email("ada@example.com")));

    assert_eq!(code(delete(&w.ctx, &op, id, "ada").await), ProblemCode::Invalid);
    delete(&w.ctx, &op, id, "ada@example.com").await.unwrap();
    assert!(w.audited("user.create").await.by_somebody && w.audited("user.delete").await.by_somebody);
    assert_eq!(code(delete(&w.ctx, &op, id, "ada@example.com").await), ProblemCode::NotFound);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn the_first_account_is_an_operators_however_it_is_made(db: PgPool) {
    let w = World::new(db);
    let local = Actor::command_line();
    create(&w.ctx, &local, new_user("first")).await.unwrap();
    assert!(by_email(&w.ctx, &local, "first@example.com").await.unwrap().operator);
    assert!(!w.audited("user.create").await.by_somebody, "the command line is nobody's account");
    let input = SignUpInput { name: "Ada".into(), email: "ada@example.com".into(), password: password() };
    sign_up(&w.ctx, Policy::Open, origin(), input).await.unwrap();
    assert!(!by_email(&w.ctx, &local, "ada@example.com").await.unwrap().operator);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn operators_are_made_and_unmade_but_never_the_last(db: PgPool) {
    let w = World::new(db);
    let (op, ada) = (w.operator("op").await, w.user("ada").await);
    assert_eq!(code(set_operator(&w.ctx, &op, op.user, false).await), ProblemCode::Conflict);
    set_operator(&w.ctx, &op, ada.user, true).await.unwrap();
    let other = Actor { operator: true, ..ada };
    let (one, two) =
        tokio::join!(set_operator(&w.ctx, &op, other.user, false), set_operator(&w.ctx, &other, op.user, false));
    assert_ne!(one.is_ok(), two.is_ok(), "two who unmake each other");
    assert_eq!(w.count("user_account where is_operator").await, 1);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn operators_see_organizations_and_set_their_access(db: PgPool) {
    let w = World::new(db);
    let (op, cast) = (w.operator("op").await, w.cast("").await);
    let set = |access| orgs::set_access::set_access(&w.ctx, &op, cast.org, Product::Accelerate, access);
    assert_eq!(code(set("maybe").await), ProblemCode::Invalid);
    set("off").await.unwrap();
    assert_eq!(w.audited("organization.set_access").await.before.unwrap()["access"], "on");
    let page = orgs::list::list(&w.ctx, &op, "acm", PageRequest::new(1)).await.unwrap();
    let org = &page.items[0];
    assert_eq!((page.total, org.members, org.projects), (1, 5, 1));
    assert_eq!((org.accelerate, org.pulse), (Access::Off, Access::On));
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_setting_overrides_the_configuration_until_it_is_reset(db: PgPool) {
    let defaults = Settings { sign_up: Policy::Open, ..Settings::default() };
    let w = World::with(db, Rules { defaults: defaults.clone(), ..Rules::default() });
    let op = w.operator("op").await;
    assert_eq!(load(&w.ctx).await.unwrap(), defaults);
    set::set(&w.ctx, &op, SettingKey::DeniedRanges, "10.0.0.0/8, 192.168.0.0/16").await.unwrap();
    set::set(&w.ctx, &op, SettingKey::SignUp, "closed").await.unwrap();
    assert_eq!(code(set::set(&w.ctx, &op, SettingKey::SignUp, "ajar").await), ProblemCode::Invalid);
    let now = load(&w.ctx).await.unwrap();
    assert_eq!((now.sign_up, now.denied_ranges.len()), (Policy::Closed, 2));

    let shown = list::list(&w.ctx, &op).await.unwrap();
    let sign_up = shown.iter().find(|setting| setting.key == SettingKey::SignUp).unwrap();
    assert_eq!((sign_up.value.as_str(), sign_up.default.as_str()), ("closed", "open"));
    assert_eq!(sign_up.overridden.as_ref().unwrap().1.as_deref(), Some("op@example.com"));

    set::reset(&w.ctx, &op, SettingKey::SignUp).await.unwrap();
    assert_eq!(load(&w.ctx).await.unwrap().sign_up, Policy::Open);
    let event = w.audited("setting.reset").await;
    assert_eq!((event.target.as_str(), event.before), ("identity.sign_up", Some("closed".into())));
}
