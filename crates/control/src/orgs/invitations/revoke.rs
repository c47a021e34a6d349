use super::store;
use crate::audit::Entry;
use crate::orgs;
use crate::rights::Right;
use crate::{Actor, Ctx, Error};
use kernel::{InvitationId, OrgId, Problem, Role};
use serde_json::json;

/// Takes an invitation back: its link stops working. Only owners take back an owner's.
pub async fn revoke(ctx: &Ctx, actor: &Actor, org: OrgId, id: InvitationId) -> Result<(), Error> {
    let mut tx = ctx.db.begin().await?;
    let own = orgs::require_alone(&mut tx, actor, org, Right::ManageMembers).await?;
    let found = store::find_in(&mut tx, org, id, ctx.now()).await?.ok_or_else(|| Problem::not_found("invitation"))?;
    if found.role == Role::Owner {
        Right::ManageOwners.check(own)?;
    }
    store::delete(&mut tx, id).await?;
    let before = Some(json!({ "email": found.email, "role": found.role }));
    Entry { action: "invitation.revoke", org: Some(org), target: &id, before, after: None }
        .record(ctx, &mut tx, actor)
        .await?;
    crate::commit(tx).await?;
    Ok(())
}
