use super::{Configured, store};
use crate::resources;
use crate::rights::Right;
use crate::{Actor, Ctx, Error};
use kernel::{ProjectId, ResourceId};

/// The resource's Accelerate; none until it is configured.
pub async fn get(ctx: &Ctx, actor: &Actor, id: ResourceId) -> Result<Option<Configured>, Error> {
    let mut db = ctx.db.acquire().await?;
    resources::require(&mut db, actor, id, Right::View).await?;
    store::find(&mut db, id).await
}

/// Which resources of a project have Accelerate.
pub async fn of_project(ctx: &Ctx, actor: &Actor, project: ProjectId) -> Result<Vec<ResourceId>, Error> {
    let mut db = ctx.db.acquire().await?;
    crate::projects::require(&mut db, actor, project, Right::View).await?;
    store::of_project(&mut db, project).await
}
