use super::{last_owner, leave, store};
use crate::audit::Entry;
use crate::orgs::{self, invitations};
use crate::rights::Right;
use crate::{Actor, Ctx, Error};
use kernel::{OrgId, Problem, Role, UserId};
use serde_json::json;
use sqlx::PgConnection;

/// Takes a member out. Their sessions stay and reach nothing of the organization from the next request on; their open invitations go too.
pub async fn remove(ctx: &Ctx, actor: &Actor, org: OrgId, user: UserId) -> Result<(), Error> {
    if user == actor.user {
        return leave::leave(ctx, actor, org).await;
    }
    let mut tx = ctx.db.begin().await?;
    let own = orgs::require_alone(&mut tx, actor, org, Right::ManageMembers).await?;
    let role = orgs::store::role_of(&mut tx, org, user).await?.ok_or_else(|| Problem::not_found("member"))?;
    if role == Role::Owner {
        Right::ManageOwners.check(own)?;
    }
    take_out(ctx, &mut tx, actor, org, user, "member.remove").await?;
    crate::commit(tx).await?;
    Ok(())
}

/// The organization's row is held by the caller.
pub(crate) async fn take_out(
    ctx: &Ctx,
    db: &mut PgConnection,
    actor: &Actor,
    org: OrgId,
    user: UserId,
    action: &'static str,
) -> Result<(), Error> {
    if store::owners(db, org).await? == [user] {
        return Err(last_owner().into());
    }
    let role = orgs::store::role_of(db, org, user).await?;
    store::delete(db, org, user).await?;
    let invitations = invitations::store::delete_by(db, org, user).await?;
    let before = Some(json!({ "role": role, "invitations": invitations }));
    Entry { action, org: Some(org), target: &user, before, after: None }.record(ctx, db, actor).await
}
