use super::{ProjectSummary, store};
use crate::rights::Right;
use crate::{Actor, Ctx, Error};
use kernel::OrgId;
use kernel::page::{Page, PageRequest};

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
