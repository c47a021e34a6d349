use super::{Enabled, store};
use crate::rights::Right;
use crate::{Actor, Ctx, Error, resources};
use kernel::ResourceId;

/// The resource's Pulse; none until it is enabled.
pub async fn get(ctx: &Ctx, actor: &Actor, id: ResourceId) -> Result<Option<Enabled>, Error> {
    let mut db = ctx.db.acquire().await?;
    resources::require(&mut db, actor, id, Right::View).await?;
    store::find(&mut db, id).await
}
