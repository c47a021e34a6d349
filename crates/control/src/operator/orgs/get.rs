use super::{OrgSummary, ProjectPlan, store};
use crate::operator::require;
use crate::{Actor, Ctx, Error};
use kernel::page::{Page, PageRequest};
use kernel::{OrgId, Problem};

/// One organization.
pub async fn get(ctx: &Ctx, actor: &Actor, id: OrgId) -> Result<OrgSummary, Error> {
    require(actor)?;
    let mut db = ctx.db.acquire().await?;
    let page = store::page(&mut db, "", Some(id), PageRequest::new(1)).await?;
    Ok(page.items.into_iter().next().ok_or_else(|| Problem::not_found("organization"))?)
}

/// Its projects by name and plan, in the wanted order.
pub async fn projects(ctx: &Ctx, actor: &Actor, id: OrgId, request: PageRequest) -> Result<Page<ProjectPlan>, Error> {
    require(actor)?;
    let mut db = ctx.db.acquire().await?;
    store::projects(&mut db, id, request).await
}
