//! Organizations: the tenants. Everything below one is reached through a member's role in it.

pub mod create;
pub mod delete;
pub mod get;
pub mod invitations;
pub mod list;
pub mod members;
pub mod rename;
pub mod store;
pub mod waitlist;

use crate::rights::Right;
use crate::{Actor, Error};
use kernel::{Access, Name, OrgId, Product, Role};
use sqlx::PgConnection;
use time::OffsetDateTime;

/// An organization as one member sees it.
#[derive(Debug, Clone)]
pub struct Org {
    pub id: OrgId,
    pub name: Name,
    /// The asking member's role.
    pub role: Role,
    pub accelerate: Access,
    pub pulse: Access,
    pub created_at: OffsetDateTime,
}

impl Org {
    /// What the organization may use of a product.
    pub const fn access(&self, product: Product) -> Access {
        match product {
            Product::Accelerate => self.accelerate,
            Product::Pulse => self.pulse,
        }
    }
}

/// The actor's role if it has the right, with the organization's row held until the transaction ends: who is in it, and as what, changes one
/// transaction at a time, so that two owners cannot each leave the place to the other.
pub(crate) async fn require_alone(
    db: &mut PgConnection,
    actor: &Actor,
    org: OrgId,
    right: Right,
) -> Result<Role, Error> {
    right.require(db, actor, org).await?;
    store::lock(db, org).await?;
    right.require(db, actor, org).await
}
