use super::{ProjectSummary, store};
use crate::rights::Right;
use crate::{Actor, Ctx, Error};
use kernel::page::{Page, PageRequest};
use kernel::{OrgId, ProjectId};

/// The organization's projects whose name contains `search`, in the wanted order.
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    org: OrgId,
    search: &str,
    request: PageRequest,
) -> Result<Page<ProjectSummary>, Error> {
    let mut db = ctx.db.acquire().await?;
    let role = Right::View.require(&mut db, actor, org).await?;
    store::page(&mut db, org, role, search, request).await
}

/// The latest projects of the organization by name alone, as a menu offers them.
pub async fn names(ctx: &Ctx, actor: &Actor, org: OrgId) -> Result<Vec<(ProjectId, String)>, Error> {
    let mut db = ctx.db.acquire().await?;
    Right::View.require(&mut db, actor, org).await?;
    store::names(&mut db, org, PageRequest::new(1).limit()).await
}
