//! Where a page is: who looks, and at which organization, project and resource.

use super::permissions::Permissions;
use kernel::{Access, OrgId, ProjectId, ResourceId, Role, SessionId};
use time::OffsetDateTime;

/// Who is signed in.
#[derive(Debug, Clone)]
pub struct Viewer {
    pub name: String,
    pub email: String,
    pub operator: bool,
}

/// A name and where it leads, for a switcher.
#[derive(Debug, Clone)]
pub struct Sibling<Id> {
    pub id: Id,
    pub name: String,
}

/// An organization that the viewer is a member of.
#[derive(Debug, Clone)]
pub struct OwnOrg {
    pub id: OrgId,
    pub name: String,
    pub role: Role,
    pub created_at: OffsetDateTime,
}

/// The organization of a page, with its neighbours.
#[derive(Debug, Clone)]
pub struct OrgPlace {
    pub id: OrgId,
    pub name: String,
    pub role: Role,
    pub may: Permissions,
    pub accelerate: Access,
    pub pulse: Access,
    pub siblings: Vec<Sibling<OrgId>>,
}

/// The project of a page.
#[derive(Debug, Clone)]
pub struct ProjectPlace {
    pub id: ProjectId,
    pub name: String,
    pub created_at: OffsetDateTime,
    pub siblings: Vec<Sibling<ProjectId>>,
}

/// The resource of a page.
#[derive(Debug, Clone)]
pub struct ResourcePlace {
    pub id: ResourceId,
    pub name: String,
    /// The masked connection string.
    pub connection: Option<String>,
    pub is_default: bool,
    pub keys: u32,
    pub created_at: OffsetDateTime,
    pub siblings: Vec<Sibling<ResourceId>>,
}

/// A session on the account page.
#[derive(Debug, Clone)]
pub struct SessionRow {
    pub id: SessionId,
    pub address: Option<String>,
    pub user_agent: Option<String>,
    pub created_at: OffsetDateTime,
    pub last_seen_at: OffsetDateTime,
    pub current: bool,
}
