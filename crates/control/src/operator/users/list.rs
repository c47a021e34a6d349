use super::{UserSummary, store};
use crate::identity::{self, User};
use crate::operator::require;
use crate::{Actor, Ctx, Error};
use kernel::page::{Page, PageRequest};
use kernel::{Email, Problem};

/// The users whose name or address contains `search`, in the wanted order.
pub async fn list(ctx: &Ctx, actor: &Actor, search: &str, request: PageRequest) -> Result<Page<UserSummary>, Error> {
    require(actor)?;
    let mut db = ctx.db.acquire().await?;
    store::page(&mut db, search, None, request).await
}

/// The user of an address: the command line names users by it.
pub async fn by_email(ctx: &Ctx, actor: &Actor, email: &str) -> Result<User, Error> {
    require(actor)?;
    let email = email.parse::<Email>().map_err(|error| Problem::field("email", error))?;
    let mut db = ctx.db.acquire().await?;
    Ok(identity::store::user_by_email(&mut db, &email).await?.ok_or_else(|| Problem::not_found("user"))?)
}
