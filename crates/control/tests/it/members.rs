use crate::world::{World, code};
use control::orgs::get;
use control::orgs::invitations::invite::{InviteInput, invite};
use control::orgs::members::{change_role::change_role, leave::leave, list::list, remove::remove};
use kernel::page::PageRequest;
use kernel::{ProblemCode, UserId};
use sqlx::PgPool;

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn members_see_each_other(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    let page = list(&w.ctx, &cast.viewer, cast.org, "", PageRequest::new(1)).await.unwrap();
    let mut names: Vec<_> = page.items.iter().map(|member| member.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["admin", "developer", "owner", "second", "viewer"]);
    assert_eq!(page.total, 5);
    let found = list(&w.ctx, &cast.viewer, cast.org, "DEV", PageRequest::new(1)).await.unwrap();
    assert_eq!(found.items[0].email.as_str(), "developer@example.com");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn admins_change_roles_below_owner_and_owners_all(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    let change = |actor, user, role| change_role(&w.ctx, actor, cast.org, user, role);
    change(&cast.admin, cast.viewer.user, "developer").await.unwrap();
    let event = w.audited("member.change_role").await;
    assert_eq!(
        (event.before.unwrap()["role"].clone(), event.after.unwrap()["role"].clone()),
        ("viewer".into(), "developer".into())
    );
    assert_eq!(code(change(&cast.admin, cast.viewer.user, "owner").await), ProblemCode::Forbidden);
    assert_eq!(code(change(&cast.admin, cast.second_owner.user, "viewer").await), ProblemCode::Forbidden);
    assert_eq!(code(change(&cast.admin, cast.viewer.user, "king").await), ProblemCode::Invalid);
    let nobody: UserId = w.ctx.new_id();
    assert_eq!(code(change(&cast.owner, nobody, "viewer").await), ProblemCode::NotFound);
    change(&cast.owner, cast.second_owner.user, "viewer").await.unwrap();
    assert_eq!(code(change(&cast.owner, cast.owner.user, "admin").await), ProblemCode::Conflict, "the last owner");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn who_is_removed_reaches_nothing_and_leaves_no_door_open(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    let input = InviteInput { email: "alter.ego@example.com".into(), role: "admin".into() };
    invite(&w.ctx, &cast.admin, cast.org, input).await.unwrap();
    assert_eq!(code(remove(&w.ctx, &cast.admin, cast.org, cast.owner.user).await), ProblemCode::Forbidden);
    remove(&w.ctx, &cast.owner, cast.org, cast.admin.user).await.unwrap();
    w.audited("member.remove").await;
    assert_eq!(code(get::get(&w.ctx, &cast.admin, cast.org).await), ProblemCode::NotFound);
    assert_eq!(code(control::keys::list::get(&w.ctx, &cast.admin, cast.key.id).await), ProblemCode::NotFound);
    assert_eq!(w.count("invitation").await, 0);
    assert_eq!(code(remove(&w.ctx, &cast.owner, cast.org, cast.admin.user).await), ProblemCode::NotFound);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn everybody_may_leave_but_the_last_owner(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    leave(&w.ctx, &cast.viewer, cast.org).await.unwrap();
    remove(&w.ctx, &cast.developer, cast.org, cast.developer.user).await.unwrap();
    leave(&w.ctx, &cast.second_owner, cast.org).await.unwrap();
    assert_eq!(code(leave(&w.ctx, &cast.owner, cast.org).await), ProblemCode::Conflict);
    assert_eq!(w.audit().await.iter().filter(|event| event.action == "member.leave").count(), 3);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn two_owners_cannot_each_leave_the_place_to_the_other(db: PgPool) {
    let w = World::new(db);
    for round in 0..5 {
        let cast = w.cast(&round.to_string()).await;
        let (one, two) = (&cast.owner, &cast.second_owner);
        let (left, demoted) =
            tokio::join!(leave(&w.ctx, one, cast.org), change_role(&w.ctx, two, cast.org, two.user, "viewer"));
        assert_ne!(left.is_ok(), demoted.is_ok());
    }
    assert_eq!(w.count("member where role = 'owner'").await, 5);
}
