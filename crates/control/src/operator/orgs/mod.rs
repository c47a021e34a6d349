//! All organizations of the server.

pub mod get;
pub mod list;
pub mod set_access;
pub mod store;

use kernel::{Access, Name, OrgId, PlanId, ProjectId};
use time::OffsetDateTime;

/// An organization as operators see it: what it is called and how large it is, not what is in its projects.
#[derive(Debug, Clone)]
pub struct OrgSummary {
    pub id: OrgId,
    pub name: Name,
    pub members: u32,
    pub projects: u32,
    pub accelerate: Access,
    pub pulse: Access,
    pub created_at: OffsetDateTime,
}

/// A project as operators see it: what it is called and which plan it has, not what is in it.
#[derive(Debug, Clone)]
pub struct ProjectPlan {
    pub id: ProjectId,
    pub name: Name,
    pub plan: PlanId,
    pub created_at: OffsetDateTime,
}
