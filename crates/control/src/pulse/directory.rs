//! What a node asks: it acts for the holder of an API key, who was checked before, or for itself.

use super::store;
use crate::resources::purpose;
use crate::{Ctx, Error};
use kernel::ResourceId;
use secrecy::SecretString;

/// What a subscriber's node has to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    pub persistence: bool,
    /// Another one after a replay, or when a stream was deleted.
    pub streams_version: i64,
    /// Goes up with each gap; 0 before the first capture.
    pub epoch: i64,
    /// Why there was the last gap.
    pub gap_reason: Option<String>,
}

impl Served {
    /// Of what is captured now.
    pub fn epoch(&self) -> Option<u32> {
        u32::try_from(self.epoch).ok().filter(|epoch| *epoch > 0)
    }
}

/// A resource whose changes are to be captured now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub resource: ResourceId,
    /// Another one when it is to be captured otherwise.
    pub version: String,
    /// Nobody captures it.
    pub is_free: bool,
}

/// What capture needs.
#[derive(Debug)]
pub struct Target {
    pub connection: SecretString,
    pub tables: Option<Vec<(String, String)>>,
    /// Whether what it needs in the database is made, or waited for.
    pub automatic: bool,
}

/// Whether subscribers are served; none where Pulse is not enabled, or off for the organization.
pub async fn served(ctx: &Ctx, id: ResourceId) -> Result<Option<Served>, Error> {
    let mut db = ctx.db.acquire().await?;
    store::served(&mut db, id).await
}

/// What is to be captured, by whomever. What is to be removed from a database comes first.
pub async fn wanted(ctx: &Ctx) -> Result<Vec<Wanted>, Error> {
    let mut db = ctx.db.acquire().await?;
    store::wanted(&mut db).await
}

/// None where it is not wanted any more.
pub async fn target(ctx: &Ctx, id: ResourceId) -> Result<Option<Target>, Error> {
    let mut db = ctx.db.acquire().await?;
    let Some(store::SealedTarget { connection, tables, automatic }) = store::target(&mut db, id).await? else {
        return Ok(None);
    };
    Ok(Some(Target { connection: ctx.vault.open(&purpose(id), &connection)?, tables, automatic }))
}

/// The default schema of a resource's connection string is of interest to subscribers too.
pub async fn connection(ctx: &Ctx, id: ResourceId) -> Result<Option<SecretString>, Error> {
    Ok(target(ctx, id).await?.map(|target| target.connection))
}
