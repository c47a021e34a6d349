use super::{Org, store};
use crate::{Actor, Ctx, Error};

/// The actor's organizations by name.
pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<Vec<Org>, Error> {
    let mut db = ctx.db.acquire().await?;
    store::list_of(&mut db, actor.user).await
}
