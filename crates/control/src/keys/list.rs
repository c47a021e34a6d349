use super::{Key, require, store};
use crate::rights::Right;
use crate::{Actor, Ctx, Error, projects, resources};
use kernel::page::{Page, PageRequest};
use kernel::{KeyId, ProjectId, ResourceId};

/// The keys of the project, its own and its resources', whose name contains `search`, in the wanted order.
pub async fn of_project(
    ctx: &Ctx,
    actor: &Actor,
    project: ProjectId,
    search: &str,
    request: PageRequest,
) -> Result<Page<Key>, Error> {
    let mut db = ctx.db.acquire().await?;
    projects::require(&mut db, actor, project, Right::View).await?;
    store::page(&mut db, project, None, search, request).await
}

/// The same of the keys that belong to one resource.
pub async fn of_resource(
    ctx: &Ctx,
    actor: &Actor,
    resource: ResourceId,
    search: &str,
    request: PageRequest,
) -> Result<Page<Key>, Error> {
    let mut db = ctx.db.acquire().await?;
    let (_, project) = resources::require(&mut db, actor, resource, Right::View).await?;
    store::page(&mut db, project.id, Some(resource), search, request).await
}

/// One key, if the actor may see it.
pub async fn get(ctx: &Ctx, actor: &Actor, id: KeyId) -> Result<Key, Error> {
    let mut db = ctx.db.acquire().await?;
    Ok(require(&mut db, actor, id, Right::View).await?.0)
}
