use super::{Gateway, store};
use crate::{Ctx, Error};

/// The servers that were seen within ten seconds, by region.
pub async fn live(ctx: &Ctx) -> Result<Vec<Gateway>, Error> {
    store::live(&mut *ctx.db.acquire().await?).await
}
