use crate::world::{Cast, World, code, origin, token};
use control::orgs::invitations::NewInvitation;
use control::orgs::invitations::answer::{accept, decline};
use control::orgs::invitations::invite::{InviteInput, invite};
use control::orgs::invitations::list::{delete_expired, list};
use control::orgs::invitations::look_up::look_up;
use control::orgs::invitations::revoke::revoke;
use control::orgs::{get, members};
use control::{Actor, Error};
use kernel::{ProblemCode, Role};
use secrecy::ExposeSecret;
use sqlx::PgPool;
use time::Duration;

async fn send(cast: &Cast, actor: &Actor, name: &str, role: &str) -> Result<NewInvitation, Error> {
    let input = InviteInput { email: format!("{name}@example.com"), role: role.into() };
    invite(&cast.world.ctx, actor, cast.org, input).await
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn an_invited_address_becomes_a_member_once(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    let new = send(&cast, &cast.admin, "ada", "developer").await.unwrap();
    assert!(!new.mailed);
    let token = new.token.expose_secret();
    assert!(!w.dump().await.contains(token));
    let shown = look_up(&w.ctx, &origin(), token).await.unwrap();
    assert_eq!(
        (shown.org_name.as_str(), shown.role, shown.invited_by.as_deref()),
        ("Acme", Role::Developer, Some("admin"))
    );

    let (ada, eve) = (w.user("ada").await, w.user("eve").await);
    assert_eq!(code(accept(&w.ctx, &eve, token).await), ProblemCode::Forbidden, "the address must match");
    assert_eq!(accept(&w.ctx, &ada, token).await.unwrap(), cast.org);
    assert_eq!(get::get(&w.ctx, &ada, cast.org).await.unwrap().role, Role::Developer);
    assert_eq!(code(accept(&w.ctx, &ada, token).await), ProblemCode::NotFound);
    assert!(w.audited("invitation.create").await.in_org && w.audited("invitation.accept").await.in_org);
    assert_eq!(code(send(&cast, &cast.admin, "ada", "viewer").await), ProblemCode::Invalid, "a member already");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn one_of_two_answers_counts(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    let new = send(&cast, &cast.admin, "ada", "viewer").await.unwrap();
    let (ada, token) = (w.user("ada").await, new.token.expose_secret());
    let (yes, no) = tokio::join!(accept(&w.ctx, &ada, token), decline(&w.ctx, &ada, token));
    assert_ne!(yes.is_ok(), no.is_ok());
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn inviting_again_renews_and_the_earlier_link_is_dead(db: PgPool) {
    let w = World::with_mail(db);
    let cast = w.cast("").await;
    let first = send(&cast, &cast.admin, "ada", "viewer").await.unwrap();
    let second = send(&cast, &cast.admin, "ada", "developer").await.unwrap();
    let open = list(&w.ctx, &cast.admin, cast.org).await.unwrap();
    assert_eq!((open.len(), open[0].id, open[0].role), (1, second.id, Role::Developer));
    let gone = look_up(&w.ctx, &origin(), first.token.expose_secret()).await;
    assert_eq!(code(gone), ProblemCode::NotFound);
    let mail = w.mail().await;
    assert_eq!(mail[1].subject, "admin invites you to Acme");
    assert_eq!(token(&mail[1]), second.token.expose_secret());
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn known_and_unknown_addresses_are_invited_alike(db: PgPool) {
    let w = World::with_mail(db);
    let cast = w.cast("").await;
    w.user("ada").await;
    for name in ["ada", "bob"] {
        let new = send(&cast, &cast.admin, name, "viewer").await.unwrap();
        assert_eq!((new.mailed, new.token.expose_secret().len()), (true, 43));
    }
    let mail = w.mail().await;
    assert_eq!(mail[0].html.len(), mail[1].html.len());
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn unknown_ended_declined_and_revoked_links_are_alike(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    let ada = w.user("ada").await;
    let mut problems = vec![look_up(&w.ctx, &origin(), "unknown").await.unwrap_err().to_string()];
    let revoked = send(&cast, &cast.admin, "bob", "viewer").await.unwrap();
    revoke(&w.ctx, &cast.admin, cast.org, revoked.id).await.unwrap();
    w.audited("invitation.revoke").await;
    let declined = send(&cast, &cast.admin, "ada", "viewer").await.unwrap();
    decline(&w.ctx, &ada, declined.token.expose_secret()).await.unwrap();
    w.audited("invitation.decline").await;
    let ended = send(&cast, &cast.admin, "ada", "viewer").await.unwrap();
    w.ctx.clock.advance(Duration::days(7));
    for new in [revoked, declined, ended] {
        problems.push(look_up(&w.ctx, &origin(), new.token.expose_secret()).await.unwrap_err().to_string());
        assert_eq!(code(accept(&w.ctx, &ada, new.token.expose_secret()).await), ProblemCode::NotFound);
    }
    problems.dedup();
    assert_eq!(problems.len(), 1);
    assert!(list(&w.ctx, &cast.admin, cast.org).await.unwrap().is_empty());
    assert_eq!(delete_expired(&w.ctx).await.unwrap(), 1);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn only_owners_touch_invitations_of_owners(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    assert_eq!(code(send(&cast, &cast.admin, "ada", "owner").await), ProblemCode::Forbidden);
    let new = send(&cast, &cast.owner, "ada", "owner").await.unwrap();
    assert_eq!(code(send(&cast, &cast.admin, "ada", "viewer").await), ProblemCode::Forbidden, "nor replaces one");
    assert_eq!(code(revoke(&w.ctx, &cast.admin, cast.org, new.id).await), ProblemCode::Forbidden);
    let ada = w.user("ada").await;
    accept(&w.ctx, &ada, new.token.expose_secret()).await.unwrap();
    members::leave::leave(&w.ctx, &cast.owner, cast.org).await.unwrap();
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn an_invitation_of_another_organization_is_not_found(db: PgPool) {
    let w = World::new(db);
    let (acme, other) = (w.cast("").await, w.cast("2").await);
    let new = send(&acme, &acme.admin, "ada", "viewer").await.unwrap();
    assert_eq!(code(revoke(&w.ctx, &other.owner, other.org, new.id).await), ProblemCode::NotFound);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn invitations_run_out(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    for n in 0..50 {
        send(&cast, &cast.admin, &format!("guest{n}"), "viewer").await.unwrap();
    }
    assert_eq!(code(send(&cast, &cast.admin, "guest50", "viewer").await), ProblemCode::TooMany);
    w.ctx.clock.advance(Duration::minutes(1));
    send(&cast, &cast.admin, "guest50", "viewer").await.unwrap();
}
