use super::{last_owner, store};
use crate::audit::Entry;
use crate::orgs::{self, invitations};
use crate::rights::Right;
use crate::{Actor, Ctx, Error};
use kernel::{OrgId, Problem, Role, UserId};
use serde_json::json;

/// Gives a member another role. Only owners make and unmake owners. Who may invite no longer takes their open invitations along.
pub async fn change_role(ctx: &Ctx, actor: &Actor, org: OrgId, user: UserId, role: &str) -> Result<(), Error> {
    let mut tx = ctx.db.begin().await?;
    let own = orgs::require_alone(&mut tx, actor, org, Right::ManageMembers).await?;
    let role = role.parse::<Role>().map_err(|error| Problem::field("role", error))?;
    let before = orgs::store::role_of(&mut tx, org, user).await?.ok_or_else(|| Problem::not_found("member"))?;
    if before == role {
        return Ok(());
    }
    if before == Role::Owner || role == Role::Owner {
        Right::ManageOwners.check(own)?;
    }
    if before == Role::Owner && store::owners(&mut tx, org).await? == [user] {
        return Err(last_owner().into());
    }
    store::set_role(&mut tx, org, user, role).await?;
    if !Right::ManageMembers.is_of(role) {
        invitations::store::delete_by(&mut tx, org, user).await?;
    }
    let (before, after) = (Some(json!({ "role": before })), Some(json!({ "role": role })));
    Entry { action: "member.change_role", org: Some(org), target: &user, before, after }
        .record(ctx, &mut tx, actor)
        .await?;
    crate::commit(tx).await?;
    Ok(())
}
