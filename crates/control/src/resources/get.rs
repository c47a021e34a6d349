use super::{Resource, require};
use crate::projects::Project;
use crate::rights::Right;
use crate::{Actor, Ctx, Error};
use kernel::ResourceId;

/// The resource and its project, if the actor may see them.
pub async fn get(ctx: &Ctx, actor: &Actor, id: ResourceId) -> Result<(Resource, Project), Error> {
    let mut db = ctx.db.acquire().await?;
    require(&mut db, actor, id, Right::View).await
}
