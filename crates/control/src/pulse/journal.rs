//! The events of a resource until every named stream has acknowledged them. Whoever writes shows the token of its lease in the very statement.

use super::leases::Lease;
use super::store;
use crate::{Ctx, Error};
use kernel::ResourceId;
use sha2::{Digest, Sha256};

/// Up to where everything is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    pub epoch: u32,
    pub system: String,
    pub through: u64,
}

/// What [`append`] takes; the journal looks into none of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent<'a> {
    /// Sorts as its event stands among the others.
    pub id: String,
    /// `I`, `U`, `D` or `T`.
    pub action: char,
    /// By [`table`].
    pub table: i64,
    pub change: &'a [u8],
}

/// An event as it was appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    pub id: String,
    /// `I`, `U`, `D` or `T`.
    pub action: u8,
    pub table: i64,
    pub change: Vec<u8>,
}

/// What was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pruned {
    pub events: u64,
    /// Of them, those that some stream had not acknowledged.
    pub unacknowledged: u64,
}

/// Where it stands; `Some(None)` before the first beginning, `None` for who has lost the lease.
pub async fn position(ctx: &Ctx, lease: Lease) -> Result<Option<Option<Position>>, Error> {
    let mut db = ctx.db.acquire().await?;
    store::position(&mut db, lease).await
}

/// Begins an epoch, behind a gap unless it is the first. False for who has lost the lease.
pub async fn begin(ctx: &Ctx, lease: Lease, position: &Position, gap: Option<&str>) -> Result<bool, Error> {
    let mut db = ctx.db.acquire().await?;
    store::begin(&mut db, lease, position, gap).await
}

/// Appends events in order as one batch, and answers up to where all is. None for who has lost the lease. Whoever does not know whether this was done
/// may do it again, in whatever batches: who reads passes over what comes twice.
pub async fn append(ctx: &Ctx, lease: Lease, events: &[NewEvent<'_>], through: u64) -> Result<Option<u64>, Error> {
    let mut db = ctx.db.acquire().await?;
    store::append(&mut db, lease, events, through).await
}

/// The number by which events name a table as it is now.
pub async fn table(ctx: &Ctx, id: ResourceId, encoded: &[u8]) -> Result<i64, Error> {
    let mut db = ctx.db.acquire().await?;
    store::table(&mut db, id, &Sha256::digest(encoded), encoded).await
}

/// What [`table`] was given.
pub async fn encoded_table(ctx: &Ctx, id: ResourceId, number: i64) -> Result<Option<Vec<u8>>, Error> {
    let mut db = ctx.db.acquire().await?;
    store::encoded_table(&mut db, id, number).await
}

/// The last event; empty where there is none.
pub async fn last(ctx: &Ctx, id: ResourceId) -> Result<String, Error> {
    let mut db = ctx.db.acquire().await?;
    store::last(&mut db, id).await
}

/// Whether there are events behind `after` and before `before`, which begins an epoch.
pub async fn has_between(ctx: &Ctx, id: ResourceId, after: &str, before: &str) -> Result<bool, Error> {
    let mut db = ctx.db.acquire().await?;
    store::has_between(&mut db, id, after, before).await
}

/// The batches in which there are events behind `after`, in order: so many that they have `most` bytes, and one at least. The first may begin before
/// `after`, and what was appended twice is in two.
pub async fn read(ctx: &Ctx, id: ResourceId, after: &str, most: i64) -> Result<Vec<Vec<StoredEvent>>, Error> {
    let mut db = ctx.db.acquire().await?;
    store::read(&mut db, id, after, most).await
}

/// Removes what every stream has acknowledged, and what is older than the resource's retention. For a minute everything stays, for those who listen on
/// other nodes.
pub async fn prune(ctx: &Ctx) -> Result<Pruned, Error> {
    let mut db = ctx.db.acquire().await?;
    store::prune(&mut db).await
}
