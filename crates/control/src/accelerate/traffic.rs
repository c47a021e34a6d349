//! When gateways saw queries of a resource.

use super::store;
use crate::resources;
use crate::rights::Right;
use crate::{Actor, Ctx, Error};
use kernel::ResourceId;
use time::OffsetDateTime;

/// Since the resource was configured the last time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traffic {
    /// To the second.
    pub first_query_at: OffsetDateTime,
    pub last_query_at: OffsetDateTime,
}

/// None until the first query.
pub async fn get(ctx: &Ctx, actor: &Actor, id: ResourceId) -> Result<Option<Traffic>, Error> {
    let mut db = ctx.db.acquire().await?;
    resources::require(&mut db, actor, id, Right::View).await?;
    store::traffic(&mut db, id).await
}

/// Notes what a gateway saw: resources and the time of the latest query of each. The same may be told again, in any order and by any node.
/// Resources that are gone, or were configured anew since, are left out.
pub async fn saw(ctx: &Ctx, seen: &[(ResourceId, OffsetDateTime)]) -> Result<(), Error> {
    let mut db = ctx.db.acquire().await?;
    store::saw(&mut db, seen).await
}
