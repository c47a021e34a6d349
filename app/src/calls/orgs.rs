//! Organizations.

use super::request::{Server, Signed, actor, signed_in};
use super::{read, respond, within};
use crate::error::ConsoleError;
use crate::model::permissions::Permissions;
use crate::model::place::OwnOrg;
use crate::paths;
use control::orgs;
use control::rights::Right;
use kernel::{OrgId, Problem, Product, Role};
use leptos::server;

#[server(endpoint = "orgs/create")]
pub async fn create_org(name: String) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    let id = orgs::create::create(&server.ctx, &actor, &name).await.map_err(control::Error::into_problem)?;
    respond::go(paths::org(id), "The organization is ready. Create its first project.")
}

#[server(endpoint = "orgs/rename")]
pub async fn rename_org(org: OrgId, name: String) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    orgs::rename::rename(&server.ctx, &actor, org, &name).await.map_err(control::Error::into_problem)?;
    respond::go(paths::org_settings(org), "The name is changed.")
}

#[server(endpoint = "orgs/delete")]
pub async fn delete_org(org: OrgId, confirmation: String) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    orgs::delete::delete(&server.ctx, &actor, org, &confirmation).await.map_err(control::Error::into_problem)?;
    respond::go(paths::HOME, "The organization is deleted, with its projects, connection strings and API keys.")
}

#[server(endpoint = "orgs/join-waitlist")]
pub async fn join_waitlist(org: OrgId, product: Product) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    orgs::waitlist::join(&server.ctx, &actor, org, product).await.map_err(control::Error::into_problem)?;
    respond::back(format!("Your organization is on the waitlist for {}.", product.label()))
}

/// The products that the organization waits for.
pub async fn waits_for(org: OrgId) -> Result<Vec<Product>, Problem> {
    let (server, signed) = signed_in()?;
    read(orgs::waitlist::joined(&server.ctx, &signed.actor, org)).await
}

/// The viewer's organizations by name.
pub async fn own_orgs() -> Result<Vec<OwnOrg>, Problem> {
    let (server, signed) = signed_in()?;
    let orgs = read(orgs::list::list(&server.ctx, &signed.actor)).await?;
    let row =
        |org: orgs::Org| OwnOrg { id: org.id, name: org.name.to_string(), role: org.role, created_at: org.created_at };
    Ok(orgs.into_iter().map(row).collect())
}

/// Where a signed-in user begins: their organization, the list of several, or the first step.
pub async fn first_page(server: &Server, signed: &Signed) -> Result<String, Problem> {
    let orgs = within(server.page_wait, orgs::list::list(&server.ctx, &signed.actor)).await?;
    Ok(match orgs.as_slice() {
        [] => paths::NEW_ORG.to_owned(),
        [org] => paths::org(org.id),
        _ => paths::ORGS.to_owned(),
    })
}

/// What a member of this role may not do, and why.
pub(super) fn permissions(role: Role) -> Permissions {
    Permissions {
        create_project: Right::CreateProject.refusal(role),
        manage_project: Right::ManageProject.refusal(role),
        delete_project: Right::DeleteProject.refusal(role),
        manage_resource: Right::ManageResource.refusal(role),
        delete_resource: Right::DeleteResource.refusal(role),
        manage_keys: Right::ManageKeys.refusal(role),
        manage_members: Right::ManageMembers.refusal(role),
        manage_owners: Right::ManageOwners.refusal(role),
        manage_org: Right::ManageOrg.refusal(role),
        delete_org: Right::DeleteOrg.refusal(role),
        join_waitlist: Right::JoinWaitlist.refusal(role),
    }
}
