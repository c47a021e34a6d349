//! API keys.

use super::regions::gateway_in;
use super::request::{actor, is_prefetch, signed_in};
use super::{read, respond, take, time_left};
use crate::error::ConsoleError;
use crate::model::accelerate::Gateway;
use crate::model::key::{KeyRow, KeyState, NewKey};
use crate::model::place::{OrgPlace, ProjectPlace, Viewer};
use crate::paths;
use control::accelerate::get;
use control::keys::create::CreateKeyInput;
use control::keys::edit::EditKeyInput;
use control::keys::{self, Key, State};
use kernel::page::{Page, PageRequest};
use kernel::{KeyId, Problem, ProblemCode, ProjectId, ResourceId};
use leptos::server;
use secrecy::ExposeSecret;
use time::OffsetDateTime;

/// Makes a key of the project, or of one of its resources, and leads to the list that shows it once.
#[server(endpoint = "keys/create")]
pub async fn create_key(
    project: ProjectId,
    #[server(default)] resource: String,
    name: String,
    #[server(default)] rights: String,
    #[server(default)] expires_in_days: String,
    #[server(default)] allowed_ranges: String,
) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    let resource =
        (!resource.is_empty()).then(|| super::place::parse::<ResourceId>(&resource, "resource")).transpose()?;
    let rights = if rights.is_empty() { kernel::key::Rights::Full.as_str().to_owned() } else { rights };
    let input = CreateKeyInput { name, resource, rights, expires_in_days, allowed_ranges };
    let new = keys::create::create(&server.ctx, &actor, project, input).await.map_err(control::Error::into_problem)?;
    show_once(new.id, project, resource)
}

#[server(endpoint = "keys/rotate")]
pub async fn rotate_key(key: KeyId, overlap: String, #[server(default)] from: String) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    let old = keys::list::get(&server.ctx, &actor, key).await.map_err(control::Error::into_problem)?;
    let new = keys::rotate::rotate(&server.ctx, &actor, key, &overlap).await.map_err(control::Error::into_problem)?;
    show_once(new.id, old.project, seen_from(&from, &old))
}

#[server(endpoint = "keys/edit")]
pub async fn edit_key(
    key: KeyId,
    name: String,
    rights: String,
    #[server(default)] allowed_ranges: String,
    #[server(default)] from: String,
) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    keys::edit::edit(&server.ctx, &actor, key, EditKeyInput { name, rights, allowed_ranges })
        .await
        .map_err(control::Error::into_problem)?;
    respond::go(paths::seen_from(paths::key(key), &from), "The key is changed. Gateways follow within a second.")
}

#[server(endpoint = "keys/set-enabled")]
pub async fn set_key_enabled(key: KeyId, enabled: bool, #[server(default)] from: String) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    keys::edit::set_enabled(&server.ctx, &actor, key, enabled).await.map_err(control::Error::into_problem)?;
    let notice = if enabled { "The key works again." } else { "The key is disabled." };
    respond::go(paths::seen_from(paths::key(key), &from), notice)
}

#[server(endpoint = "keys/remove")]
pub async fn remove_key(key: KeyId, #[server(default)] from: String) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    let old = keys::list::get(&server.ctx, &actor, key).await.map_err(control::Error::into_problem)?;
    keys::remove::remove(&server.ctx, &actor, key).await.map_err(control::Error::into_problem)?;
    respond::go(list_of(old.project, seen_from(&from, &old)), format!("The API key {} is removed.", old.name))
}

/// To the list, which takes the key's text out of the session's parcel.
fn show_once(new: KeyId, project: ProjectId, resource: Option<ResourceId>) -> Result<(), ConsoleError> {
    respond::go(paths::with_query(&list_of(project, resource), "created", &new.to_string()), "")
}

/// Whose list the key was seen in: the project's holds all keys, a resource's only its own.
fn seen_from(from: &str, key: &Key) -> Option<ResourceId> {
    key.resource.as_ref().map(|(id, _)| *id).filter(|_| from != paths::FROM_PROJECT)
}

/// Where a key is listed with its like.
pub fn list_of(project: ProjectId, resource: Option<ResourceId>) -> String {
    resource.map_or_else(|| paths::project_keys(project), paths::resource_keys)
}

/// The key that was made a moment ago, once. A page that the browser only fetches ahead takes nothing.
pub async fn take_new_key(id: &str) -> Result<Option<NewKey>, Problem> {
    let Ok(id) = id.parse::<KeyId>() else { return Ok(None) };
    if is_prefetch() {
        return Ok(None);
    }
    let (server, signed) = signed_in()?;
    let now = server.ctx.now();
    match take(keys::show::show(&server.ctx, &signed.actor, id)).await {
        Ok(None) => Ok(None),
        Ok(Some((key, text))) => {
            let gateway = gateway_of(key.id).await;
            Ok(Some(NewKey { row: row(key, now), secret: text.expose_secret().to_owned(), gateway }))
        }
        // An address with a key of somebody else, or of none: the list has nothing to say of it.
        Err(problem) if problem.code == ProblemCode::NotFound => Ok(None),
        Err(problem) => Err(problem),
    }
}

/// Where the key reaches Accelerate. Its text is shown this once, so nothing that fails here may fail the page.
async fn gateway_of(key: KeyId) -> Option<Gateway> {
    let (server, signed) = signed_in().ok()?;
    let gateway = async {
        let configured = read(get::of_key(&server.ctx, &signed.actor, key)).await?;
        match configured {
            Some(configured) => gateway_in(&configured.region).await.map(Some),
            None => Ok(None),
        }
    };
    tokio::time::timeout(time_left(), gateway).await.ok()?.ok()?
}

/// The keys of the project, or of one resource, whose name contains `search`.
pub async fn key_rows(
    project: ProjectId,
    resource: Option<ResourceId>,
    search: &str,
    request: PageRequest,
) -> Result<Page<KeyRow>, Problem> {
    let (server, signed) = signed_in()?;
    let page = match resource {
        Some(resource) => read(keys::list::of_resource(&server.ctx, &signed.actor, resource, search, request)).await?,
        None => read(keys::list::of_project(&server.ctx, &signed.actor, project, search, request)).await?,
    };
    let now = server.ctx.now();
    Ok(page.map(|key| row(key, now)))
}

/// A page about one key: where it is, and the key.
pub async fn at_key(id: &str) -> Result<(Viewer, OrgPlace, ProjectPlace, KeyRow), Problem> {
    let id = super::place::parse::<KeyId>(id, "API key")?;
    let (server, signed) = signed_in()?;
    let key = read(keys::list::get(&server.ctx, &signed.actor, id)).await?;
    let (viewer, org, project) = super::place::at_project(&key.project.to_string()).await?;
    Ok((viewer, org, project, row(key, server.ctx.now())))
}

fn row(key: Key, now: OffsetDateTime) -> KeyRow {
    KeyRow {
        id: key.id,
        name: key.name.to_string(),
        state: match key.state(now) {
            State::Active => KeyState::Active,
            State::Disabled => KeyState::Disabled,
            State::Expired => KeyState::Expired,
        },
        in_use: key.is_in_use(now),
        rotated: key.rotated_at.is_some(),
        resource: key.resource,
        visible: key.visible,
        rights: key.rights,
        allowed_ranges: key.allowed_ranges.iter().map(ToString::to_string).collect(),
        created_by: key.created_by,
        created_at: key.created_at,
        expires_at: key.expires_at,
        last_used_at: key.last_used_at,
        last_used_from: key.last_used_from,
    }
}
