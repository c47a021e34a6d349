//! Resources: what a project's app talks to. An environment is the user's own database, by connection string.

pub mod change_connection;
pub mod connection;
pub mod create;
pub mod delete;
pub mod get;
pub mod list;
pub mod rename;
pub mod store;

use crate::projects::Project;
use crate::rights::Right;
use crate::{Actor, Error};
use kernel::{Name, Problem, ProjectId, ResourceId};
use secrecy::SecretString;
use sqlx::PgConnection;
use time::OffsetDateTime;

/// A resource. Its connection string is shown masked only.
#[derive(Debug, Clone)]
pub struct Resource {
    pub id: ResourceId,
    pub project: ProjectId,
    pub name: Name,
    /// `postgres://user:••••@host:5432/db`; none until the user gives one.
    pub connection: Option<String>,
    pub is_default: bool,
    /// API keys of this resource alone.
    pub keys: u32,
    pub created_at: OffsetDateTime,
}

/// A connection string that was parsed: the secret to seal and the form to show.
#[derive(Debug)]
pub struct PlainConnection {
    pub secret: SecretString,
    pub masked: String,
}

/// The resource and its project, if the actor has the right.
pub async fn require(
    db: &mut PgConnection,
    actor: &Actor,
    id: ResourceId,
    right: Right,
) -> Result<(Resource, Project), Error> {
    let resource = store::find(db, id).await?.ok_or_else(|| Problem::not_found("resource"))?;
    let project = crate::projects::store::find_for(db, resource.project, actor.user)
        .await?
        .ok_or_else(|| Problem::not_found("resource"))?;
    right.check(project.role)?;
    Ok((resource, project))
}

fn name_taken(error: Error) -> Error {
    if error.violates("resource_name") {
        Problem::field("name", "There is a resource with this name already. Choose another.").into()
    } else {
        error
    }
}

/// What the vault authenticates beside a resource's connection string.
pub(crate) fn purpose(id: ResourceId) -> String {
    format!("resource.connection_string:{id}")
}
