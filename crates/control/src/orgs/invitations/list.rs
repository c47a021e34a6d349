use super::{Invitation, store};
use crate::rights::Right;
use crate::{Actor, Ctx, Error};
use kernel::OrgId;

/// The organization's open invitations, the newest first. There are at most two hundred.
pub async fn list(ctx: &Ctx, actor: &Actor, org: OrgId) -> Result<Vec<Invitation>, Error> {
    let mut db = ctx.db.acquire().await?;
    Right::ManageMembers.require(&mut db, actor, org).await?;
    store::list(&mut db, org, ctx.now()).await
}

/// Removes invitations that have ended; a worker calls it now and then.
pub async fn delete_expired(ctx: &Ctx) -> Result<u64, Error> {
    let mut db = ctx.db.acquire().await?;
    store::delete_expired(&mut db, ctx.now()).await
}
