//! Which node captures a resource. Times are the database's: nodes whose clocks differ must agree on who holds what.

use super::store;
use crate::gateways::NodeId;
use crate::{Ctx, Error};
use kernel::ResourceId;
use std::time::Duration;

/// Whoever does not renew for so long has lost it.
pub const TERM: Duration = Duration::from_secs(4);

/// A lease that was taken. Its token is greater than that of every lease of the resource before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    pub resource: ResourceId,
    pub token: i64,
}

/// Takes the lease where nobody holds it.
pub async fn take(ctx: &Ctx, id: ResourceId, node: NodeId) -> Result<Option<Lease>, Error> {
    let mut db = ctx.db.acquire().await?;
    let token = store::take_lease(&mut db, id, node, TERM.as_secs_f64()).await?;
    Ok(token.map(|token| Lease { resource: id, token }))
}

/// Renews leases, and answers with those that are still held.
pub async fn renew(ctx: &Ctx, leases: &[Lease]) -> Result<Vec<ResourceId>, Error> {
    let mut db = ctx.db.acquire().await?;
    store::renew_leases(&mut db, leases, TERM.as_secs_f64()).await
}

/// Others may take it at once.
pub async fn give_up(ctx: &Ctx, lease: Lease) -> Result<(), Error> {
    let mut db = ctx.db.acquire().await?;
    store::give_up_lease(&mut db, lease).await
}
