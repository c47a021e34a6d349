use super::{OrgSummary, store};
use crate::operator::require;
use crate::{Actor, Ctx, Error};
use kernel::page::{Page, PageRequest};

/// The organizations whose name contains `search`, in the wanted order.
pub async fn list(ctx: &Ctx, actor: &Actor, search: &str, request: PageRequest) -> Result<Page<OrgSummary>, Error> {
    require(actor)?;
    let mut db = ctx.db.acquire().await?;
    store::page(&mut db, search, None, request).await
}
