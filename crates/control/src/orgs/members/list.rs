use super::{Member, store};
use crate::rights::Right;
use crate::{Actor, Ctx, Error};
use kernel::OrgId;
use kernel::page::{Page, PageRequest};

/// The members whose name or address contains `search`, in the wanted order.
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    org: OrgId,
    search: &str,
    request: PageRequest,
) -> Result<Page<Member>, Error> {
    let mut db = ctx.db.acquire().await?;
    Right::ViewMembers.require(&mut db, actor, org).await?;
    store::page(&mut db, org, search, None, request).await
}
