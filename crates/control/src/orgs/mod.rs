//! Organizations: the tenants. Everything below one is reached through a member's role in it.

pub mod create;
pub mod get;
pub mod list;
pub mod rename;
pub mod store;

use kernel::{Access, Name, OrgId, Role};
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
