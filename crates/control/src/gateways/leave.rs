use super::{NodeId, store};
use crate::{Ctx, Error};

/// A server ends: nobody shall wait for it.
pub async fn leave(ctx: &Ctx, id: NodeId) -> Result<(), Error> {
    store::delete(&mut *ctx.db.acquire().await?, id).await
}

/// Removes servers that ended without a word an hour ago.
pub async fn tidy(ctx: &Ctx) -> Result<(), Error> {
    store::delete_old(&mut *ctx.db.acquire().await?).await
}
