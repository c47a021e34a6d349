//! Named streams, as their clients use them.

use super::store;
use crate::{Ctx, Error};
use kernel::ResourceId;

/// A stream that is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The last event that was acknowledged; empty before the first.
    pub cursor: String,
    /// What is acknowledged counts as long as this is the stream's.
    pub generation: i64,
}

/// Goes on with the stream of this name, or begins one: with the next event. None where Pulse is not enabled.
pub async fn open(ctx: &Ctx, id: ResourceId, name: &str) -> Result<Option<Opened>, Error> {
    let mut db = ctx.db.acquire().await?;
    store::open_stream(&mut db, id, name).await
}

/// Everything up to this event is done with. It only moves forward; false where the stream was replayed or deleted since it was opened.
pub async fn acknowledge(ctx: &Ctx, id: ResourceId, name: &str, opened: &Opened, event: &str) -> Result<bool, Error> {
    let mut db = ctx.db.acquire().await?;
    store::acknowledge(&mut db, id, name, opened.generation, event).await
}
