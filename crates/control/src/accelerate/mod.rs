//! Accelerate of a resource: whether it is configured, where, and what it may use. The gateway that does the work is the crate `accelerate`; it
//! learns of changes by [`directory`].

pub mod bounds;
pub mod configure;
pub mod directory;
pub mod disable;
pub mod get;
pub mod purge;
pub mod settings;
mod store;
pub mod traffic;

use crate::{Actor, Error, orgs};
use kernel::{Access, OrgId, Problem, Product};
use sqlx::PgConnection;
use time::OffsetDateTime;

/// A resource's Accelerate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configured {
    pub region: String,
    pub settings: Settings,
    pub configured_at: OffsetDateTime,
}

/// What a resource may use; `None` is the gateway's default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Connections to the database.
    pub connections: Option<u32>,
    pub query_timeout_ms: Option<u32>,
    pub transaction_timeout_ms: Option<u32>,
    pub response_bytes: Option<u32>,
    /// Whether answers may be cached where a query asks for it.
    pub cache: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connections: None,
            query_timeout_ms: None,
            transaction_timeout_ms: None,
            response_bytes: None,
            cache: true,
        }
    }
}

/// The organization's access to Accelerate, by its operators.
async fn require_access(db: &mut PgConnection, actor: &Actor, org: OrgId) -> Result<(), Error> {
    let here = orgs::store::find_for(db, org, actor.user).await?.ok_or_else(|| Problem::not_found("organization"))?;
    match here.access(Product::Accelerate) {
        Access::On | Access::EarlyAccess => Ok(()),
        Access::Off => Err(Problem::conflict(
            "Accelerate is off for this organization. Join the waitlist: an operator of this server decides who gets it.",
        )
        .into()),
    }
}
