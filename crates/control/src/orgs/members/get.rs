use super::{Member, store};
use crate::rights::Right;
use crate::{Actor, Ctx, Error};
use kernel::page::PageRequest;
use kernel::{OrgId, Problem, UserId};

/// One member of the organization.
pub async fn get(ctx: &Ctx, actor: &Actor, org: OrgId, user: UserId) -> Result<Member, Error> {
    let mut db = ctx.db.acquire().await?;
    Right::ViewMembers.require(&mut db, actor, org).await?;
    let page = store::page(&mut db, org, "", Some(user), PageRequest::new(1)).await?;
    Ok(page.items.into_iter().next().ok_or_else(|| Problem::not_found("member"))?)
}
