//! What pages show.

use super::{Figures, Grain, Scope, store};
use crate::rights::Right;
use crate::{Actor, Ctx, Error};
use kernel::{OrgId, Product};
use time::OffsetDateTime;
use uuid::Uuid;

/// The figures of one span of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    pub at: OffsetDateTime,
    pub product: Product,
    pub figures: Figures,
}

/// What parts are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Project,
    Resource,
    Key,
}

/// The sums of a part, without its spans and codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// Of a project, a resource or a key, which may be gone.
    pub id: Uuid,
    pub figures: Figures,
}

/// The spans from `from` until before `until` in which anything was used, in order, each product for itself. A scope that is not of the organization
/// used nothing.
///
/// # Errors
/// Not found for who is not a member.
pub async fn series(
    ctx: &Ctx,
    actor: &Actor,
    scope: Scope,
    grain: Grain,
    [from, until]: [OffsetDateTime; 2],
) -> Result<Vec<Point>, Error> {
    let mut db = ctx.db.acquire().await?;
    Right::View.require(&mut db, actor, scope.org).await?;
    store::series(&mut db, scope, grain, from, until).await
}

/// Which parts of an organization used most, by operations and events; at most `most` of them.
///
/// # Errors
/// Not found for who is not a member.
pub async fn shares(
    ctx: &Ctx,
    actor: &Actor,
    org: OrgId,
    part: Part,
    grain: Grain,
    [from, until]: [OffsetDateTime; 2],
    most: u16,
) -> Result<Vec<Share>, Error> {
    let mut db = ctx.db.acquire().await?;
    Right::View.require(&mut db, actor, org).await?;
    store::shares(&mut db, org, part, grain, [from, until], most).await
}
