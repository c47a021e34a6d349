use super::{Configured, store};
use crate::rights::Right;
use crate::{Actor, Ctx, Error, keys, projects, resources};
use kernel::{KeyId, ProjectId, ResourceId};

/// The resource's Accelerate; none until it is configured.
pub async fn get(ctx: &Ctx, actor: &Actor, id: ResourceId) -> Result<Option<Configured>, Error> {
    let mut db = ctx.db.acquire().await?;
    resources::require(&mut db, actor, id, Right::View).await?;
    store::find(&mut db, id).await
}

/// Accelerate of the resource that the key reaches; none until it is configured.
pub async fn of_key(ctx: &Ctx, actor: &Actor, id: KeyId) -> Result<Option<Configured>, Error> {
    let mut db = ctx.db.acquire().await?;
    let (key, project) = keys::require(&mut db, actor, id, Right::View).await?;
    match key.resource.map(|(id, _)| id).or(project.default_resource) {
        Some(resource) => store::find(&mut db, resource).await,
        None => Ok(None),
    }
}

/// Which resources of a project have Accelerate.
pub async fn of_project(ctx: &Ctx, actor: &Actor, project: ProjectId) -> Result<Vec<ResourceId>, Error> {
    let mut db = ctx.db.acquire().await?;
    projects::require(&mut db, actor, project, Right::View).await?;
    store::of_project(&mut db, project).await
}
