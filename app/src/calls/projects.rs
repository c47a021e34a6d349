//! Projects.

use super::request::{actor, signed_in};
use super::{read, respond};
use crate::error::ConsoleError;
use crate::model::project::ProjectRow;
use crate::paths;
use control::projects;
use kernel::page::{Page, PageRequest};
use kernel::{OrgId, Problem, ProjectId, ResourceId};
use leptos::server;

#[server(endpoint = "projects/create")]
pub async fn create_project(org: OrgId, name: String) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    let id = projects::create::create(&server.ctx, &actor, org, &name).await.map_err(control::Error::into_problem)?;
    respond::go(paths::project(id), "The project is ready.")
}

#[server(endpoint = "projects/rename")]
pub async fn rename_project(project: ProjectId, name: String) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    projects::rename::rename(&server.ctx, &actor, project, &name).await.map_err(control::Error::into_problem)?;
    respond::go(paths::project_settings(project), "The project's name is changed.")
}

#[server(endpoint = "projects/set-default-resource")]
pub async fn set_default_resource(project: ProjectId, resource: ResourceId) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    projects::set_default_resource::set_default_resource(&server.ctx, &actor, project, resource)
        .await
        .map_err(control::Error::into_problem)?;
    respond::go(paths::project_settings(project), "The project's keys lead to the new default now.")
}

#[server(endpoint = "projects/delete")]
pub async fn delete_project(project: ProjectId, confirmation: String) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    let org = projects::get::get(&server.ctx, &actor, project).await.map_err(control::Error::into_problem)?.org;
    projects::delete::delete(&server.ctx, &actor, project, &confirmation)
        .await
        .map_err(control::Error::into_problem)?;
    respond::go(paths::org(org), "The project is deleted, with its connection strings and API keys.")
}

/// One page of the organization's projects.
pub async fn project_rows(org: OrgId, search: &str, request: PageRequest) -> Result<Page<ProjectRow>, Problem> {
    let (server, signed) = signed_in()?;
    let page = read(projects::list::list(&server.ctx, &signed.actor, org, search, request)).await?;
    Ok(page.map(|row| ProjectRow {
        id: row.project.id,
        name: row.project.name.to_string(),
        resources: row.resources,
        keys: row.keys,
        created_at: row.project.created_at,
    }))
}
