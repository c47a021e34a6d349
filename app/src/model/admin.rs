//! What operators see.

use kernel::{Access, OrgId, Product, UserId};
use time::OffsetDateTime;

#[derive(Debug, Clone)]
pub struct UserRow {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub operator: bool,
    pub orgs: u32,
    pub second_factor: bool,
    /// The address is not verified yet.
    pub pending: bool,
    pub last_seen_at: Option<OffsetDateTime>,
    pub created_at: OffsetDateTime,
    /// The viewer's own row.
    pub own: bool,
}

#[derive(Debug, Clone)]
pub struct OrgRow {
    pub id: OrgId,
    pub name: String,
    pub members: u32,
    pub projects: u32,
    pub accelerate: Access,
    pub pulse: Access,
    pub created_at: OffsetDateTime,
}

#[derive(Debug, Clone)]
pub struct WaitlistRow {
    pub org: OrgId,
    pub org_name: String,
    pub product: Product,
    pub requested_by: Option<String>,
    pub at: OffsetDateTime,
}

/// A setting that operators change while the server runs.
#[derive(Debug, Clone)]
pub struct SettingRow {
    /// The configuration key it stands for.
    pub key: String,
    pub value: String,
    pub default: String,
    pub overridden: Option<(OffsetDateTime, Option<String>)>,
}
