//! Databases in which a slot and a publication may be left.

use super::leases::Lease;
use super::store;
use crate::resources::purpose;
use crate::{Ctx, Error};
use kernel::ResourceId;
use secrecy::SecretString;

/// Those that are due.
pub async fn due(ctx: &Ctx) -> Result<Vec<ResourceId>, Error> {
    let mut db = ctx.db.acquire().await?;
    store::leftovers(&mut db).await
}

/// Where to remove them, for who holds the lease.
pub async fn connection(ctx: &Ctx, lease: Lease) -> Result<Option<SecretString>, Error> {
    let mut db = ctx.db.acquire().await?;
    let Some(sealed) = store::leftover(&mut db, lease).await? else { return Ok(None) };
    ctx.vault.open(&purpose(lease.resource), &sealed).map(Some)
}

/// They are gone.
pub async fn removed(ctx: &Ctx, lease: Lease) -> Result<(), Error> {
    let mut db = ctx.db.acquire().await?;
    store::delete_leftover(&mut db, lease.resource).await
}

/// They could not be removed: tried again, later and later. False where Pulse was enabled again in the meantime: the slot is of use then, and is kept.
pub async fn failed(ctx: &Ctx, lease: Lease) -> Result<bool, Error> {
    let mut db = ctx.db.acquire().await?;
    store::delay_leftover(&mut db, lease.resource).await
}
