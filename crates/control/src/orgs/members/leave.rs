use super::remove::take_out;
use crate::orgs;
use crate::rights::Right;
use crate::{Actor, Ctx, Error};
use kernel::OrgId;

/// Takes the actor out, whatever their role; not the last owner.
pub async fn leave(ctx: &Ctx, actor: &Actor, org: OrgId) -> Result<(), Error> {
    let mut tx = ctx.db.begin().await?;
    orgs::require_alone(&mut tx, actor, org, Right::View).await?;
    take_out(ctx, &mut tx, actor, org, actor.user, "member.leave").await?;
    crate::commit(tx).await?;
    Ok(())
}
