//! Projects and resources as lists show them.

use kernel::{ProjectId, ResourceId};
use time::OffsetDateTime;

#[derive(Debug, Clone)]
pub struct ProjectRow {
    pub id: ProjectId,
    pub name: String,
    pub resources: u32,
    pub keys: u32,
    pub created_at: OffsetDateTime,
}

#[derive(Debug, Clone)]
pub struct ResourceRow {
    pub id: ResourceId,
    pub name: String,
    /// The masked connection string.
    pub connection: Option<String>,
    pub is_default: bool,
    pub keys: u32,
    pub created_at: OffsetDateTime,
}

/// What a test of a connection found.
#[derive(Debug, Clone)]
pub struct ConnectionCheck {
    pub server_version: String,
    pub tls: bool,
    pub round_trip_ms: f64,
}
