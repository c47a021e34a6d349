use super::require;
use crate::orgs::waitlist::store;
use crate::{Actor, Ctx, Error};
use kernel::page::{Page, PageRequest};
use kernel::{Name, OrgId, Product};
use time::OffsetDateTime;

/// An organization's wish for a product.
#[derive(Debug, Clone)]
pub struct Request {
    pub org: OrgId,
    pub org_name: Name,
    pub product: Product,
    /// The address of who asked, while they have an account.
    pub requested_by: Option<String>,
    pub at: OffsetDateTime,
}

/// Open requests, the oldest first. Granting access answers one.
pub async fn list(ctx: &Ctx, actor: &Actor, request: PageRequest) -> Result<Page<Request>, Error> {
    require(actor)?;
    let mut db = ctx.db.acquire().await?;
    store::page(&mut db, request).await
}
