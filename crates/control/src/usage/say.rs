//! What a node says that it counted.

use super::{Figures, store};
use crate::gateways::NodeId;
use crate::{Ctx, Error};
use kernel::{KeyId, Product, ProjectId, ResourceId};
use time::OffsetDateTime;

/// The sum of one key, resource and product in one minute, up to now, as one run of a node has counted it.
#[derive(Debug, Clone)]
pub struct Said {
    /// Its beginning.
    pub minute: OffsetDateTime,
    pub project: ProjectId,
    pub resource: ResourceId,
    pub key: KeyId,
    pub product: Product,
    pub figures: Figures,
}

/// Notes all of it in one statement. The same may be said again: what has a lower `sequence` than what is there already changes nothing. What belongs to a
/// project that is gone is left out.
///
/// # Errors
/// When the database does not answer, or has no place for a minute ([`super::keep`]); nothing is noted then.
pub async fn say(ctx: &Ctx, source: NodeId, sequence: u64, said: &[Said]) -> Result<(), Error> {
    let mut db = ctx.db.acquire().await?;
    store::say(&mut db, source, sequence, said).await
}
