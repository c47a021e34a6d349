use super::{Org, store};
use crate::{Actor, Ctx, Error};
use kernel::{OrgId, Problem};

/// The organization, if the actor is a member of it.
pub async fn get(ctx: &Ctx, actor: &Actor, id: OrgId) -> Result<Org, Error> {
    let mut db = ctx.db.acquire().await?;
    Ok(store::find_for(&mut db, id, actor.user).await?.ok_or_else(|| Problem::not_found("organization"))?)
}
