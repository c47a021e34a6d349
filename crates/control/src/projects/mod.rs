//! Projects: one application each, with resources and API keys.

pub mod create;
pub mod delete;
pub mod directory;
pub mod get;
pub mod list;
pub mod rename;
pub mod set_default_resource;
pub mod store;

use crate::rights::Right;
use crate::{Actor, Error};
use kernel::{Name, OrgId, Problem, ProjectId, ResourceId, Role};
use sqlx::PgConnection;
use time::OffsetDateTime;

/// A project as one member of its organization sees it.
#[derive(Debug, Clone)]
pub struct Project {
    pub id: ProjectId,
    pub org: OrgId,
    pub name: Name,
    /// Where the project's own keys lead: the first resource, until somebody chooses another.
    pub default_resource: Option<ResourceId>,
    /// The asking member's role in the organization.
    pub role: Role,
    pub created_at: OffsetDateTime,
}

/// A project in a list.
#[derive(Debug, Clone)]
pub struct ProjectSummary {
    pub project: Project,
    pub resources: u32,
    pub keys: u32,
}

/// The project if the actor is a member of its organization and has the right; it answers "not found" to everybody else.
pub async fn require(db: &mut PgConnection, actor: &Actor, id: ProjectId, right: Right) -> Result<Project, Error> {
    let project = store::find_for(db, id, actor.user).await?.ok_or_else(|| Problem::not_found("project"))?;
    right.check(project.role)?;
    Ok(project)
}

/// "project_name" is one name in one organization, whatever its case.
fn name_taken(error: Error) -> Error {
    if error.violates("project_name") {
        Problem::field("name", "There is a project with this name already. Choose another.").into()
    } else {
        error
    }
}
