use super::{UserSummary, store};
use crate::operator::require;
use crate::{Actor, Ctx, Error};
use kernel::page::PageRequest;
use kernel::{Problem, UserId};

/// One user.
pub async fn get(ctx: &Ctx, actor: &Actor, id: UserId) -> Result<UserSummary, Error> {
    require(actor)?;
    let mut db = ctx.db.acquire().await?;
    let page = store::page(&mut db, "", Some(id), PageRequest::new(1)).await?;
    Ok(page.items.into_iter().next().ok_or_else(|| Problem::not_found("user"))?)
}
