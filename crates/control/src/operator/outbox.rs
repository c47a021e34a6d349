use super::require;
use crate::mail::store;
use crate::{Actor, Ctx, Error};
use time::OffsetDateTime;

/// Mail on its way, to see at a glance whether the mail server takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outbox {
    pub waiting: u64,
    /// Since when the oldest letter waits.
    pub oldest: Option<OffsetDateTime>,
}

/// What waits to be sent.
pub async fn outbox(ctx: &Ctx, actor: &Actor) -> Result<Outbox, Error> {
    require(actor)?;
    let mut db = ctx.db.acquire().await?;
    let (waiting, oldest) = store::waiting(&mut db).await?;
    Ok(Outbox { waiting: waiting.unsigned_abs(), oldest })
}
