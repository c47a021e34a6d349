use crate::world::{World, code, password};
use control::identity::delete_account::delete_account;
use control::identity::rename::rename;
use control::{identity, orgs};
use kernel::{ProblemCode, Role};
use sqlx::PgPool;

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_name_can_be_changed(db: PgPool) {
    let w = World::new(db);
    let ada = w.user("ada").await;
    rename(&w.ctx, &ada, " Ada  Lovelace ").await.unwrap();
    assert_eq!(identity::profile(&w.ctx, &ada).await.unwrap().name.as_str(), "Ada Lovelace");
    let event = w.audited("user.rename").await;
    assert_eq!(
        (event.before.unwrap()["name"].clone(), event.after.unwrap()["name"].clone()),
        ("ada".into(), "Ada Lovelace".into())
    );
    assert_eq!(code(rename(&w.ctx, &ada, "").await), ProblemCode::Invalid);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_deleted_account_takes_what_was_its_own_alone(db: PgPool) {
    let w = World::with_mail(db);
    let cast = w.cast("").await;
    let alone = w.org(&cast.second_owner, "Alone").await;
    assert_eq!(code(delete_account(&w.ctx, &cast.second_owner, "not the password".into()).await), ProblemCode::Invalid);
    delete_account(&w.ctx, &cast.second_owner, password()).await.unwrap();
    assert_eq!(w.audited("organization.delete").await.target, alone.to_string());
    w.audited("member.leave").await;
    w.audited("user.delete").await;
    assert_eq!(code(identity::profile(&w.ctx, &cast.second_owner).await), ProblemCode::NotFound);
    assert!(orgs::get::get(&w.ctx, &cast.owner, cast.org).await.is_ok());
    assert_eq!(w.mail().await[0].subject, "Your account was deleted");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn the_only_owner_of_an_organization_that_others_use_stays(db: PgPool) {
    let w = World::new(db);
    let ada = w.user("ada").await;
    let org = w.org(&ada, "Acme").await;
    let bob = w.member(org, Role::Admin, "bob").await;
    assert_eq!(code(delete_account(&w.ctx, &ada, password()).await), ProblemCode::Conflict);
    delete_account(&w.ctx, &bob, password()).await.unwrap();
    delete_account(&w.ctx, &ada, password()).await.unwrap();
    assert_eq!((w.count("organization").await, w.count("user_account").await), (0, 0));
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn of_two_owners_who_delete_themselves_at_once_one_stays(db: PgPool) {
    let w = World::new(db);
    let ada = w.user("ada").await;
    let org = w.org(&ada, "Acme").await;
    let bob = w.member(org, Role::Owner, "bob").await;
    w.member(org, Role::Viewer, "eve").await;
    let (one, two) = tokio::join!(delete_account(&w.ctx, &ada, password()), delete_account(&w.ctx, &bob, password()));
    assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|done| **done).count(), 1);
    assert_eq!(w.count("member where role = 'owner'").await, 1);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_server_keeps_an_operator_also_when_two_go_at_once(db: PgPool) {
    let w = World::new(db);
    let (ada, bob) = (w.operator("ada").await, w.operator("bob").await);
    let (one, two) = tokio::join!(delete_account(&w.ctx, &ada, password()), delete_account(&w.ctx, &bob, password()));
    assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|done| **done).count(), 1);
    assert_eq!(w.count("user_account where is_operator").await, 1);
}
