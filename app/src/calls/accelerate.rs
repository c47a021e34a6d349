//! Accelerate of a resource.

use super::regions::choose;
use super::request::{actor, signed_in};
use super::resources::parse;
use super::{read, respond};
use crate::error::ConsoleError;
use crate::model::accelerate::{Accelerate, ago};
use crate::paths;
use control::accelerate::configure::{self, ConfigureInput};
use control::accelerate::settings::{self, SettingsInput};
use control::accelerate::{Configured, disable, get, purge, traffic};
use control::resources;
use kernel::{Problem, ProjectId, ResourceId};
use leptos::server;
use leptos::server_fn::codec::GetUrl;

/// Turns Accelerate on, once the database was reached by the given connection string or the stored one.
#[server(endpoint = "accelerate/configure")]
pub async fn configure_accelerate(
    resource: ResourceId,
    #[server(default)] connection_string: String,
    region: String,
) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    let ctx = &server.ctx;
    configure::allowed(ctx, &actor, resource).await.map_err(control::Error::into_problem)?;
    let given = (!connection_string.trim().is_empty()).then(|| parse(&connection_string)).transpose()?;
    let target = match &given {
        Some(connection) => connection.secret.clone(),
        None => {
            let stored = resources::connection::connection(ctx, &actor, resource).await;
            stored.map_err(control::Error::into_problem)?
        }
    };
    let chosen = choose(&server, &actor, &target, &region).await?;
    let input = ConfigureInput { connection: given, region: chosen.region.clone() };
    configure::configure(ctx, &actor, resource, input).await.map_err(control::Error::into_problem)?;
    respond::go(paths::resource_accelerate(resource), chosen.sentence())
}

/// The same for a project without resources: its first is made, named `Production`.
#[server(endpoint = "accelerate/configure-project")]
pub async fn configure_project(
    project: ProjectId,
    connection_string: String,
    region: String,
) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    let ctx = &server.ctx;
    configure::allowed_in(ctx, &actor, project).await.map_err(control::Error::into_problem)?;
    let connection = parse(&connection_string)?;
    let chosen = choose(&server, &actor, &connection.secret, &region).await?;
    let resource = resources::create::create(ctx, &actor, project, "Production", Some(connection))
        .await
        .map_err(control::Error::into_problem)?;
    let input = ConfigureInput { connection: None, region: chosen.region.clone() };
    configure::configure(ctx, &actor, resource, input).await.map_err(control::Error::into_problem)?;
    respond::go(paths::resource_accelerate(resource), chosen.sentence())
}

#[server(endpoint = "accelerate/disable")]
pub async fn disable_accelerate(resource: ResourceId) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    disable::disable(&server.ctx, &actor, resource).await.map_err(control::Error::into_problem)?;
    respond::go(paths::resource_accelerate(resource), "Accelerate is disabled. Its traffic stops within a second.")
}

#[server(endpoint = "accelerate/change-settings")]
pub async fn change_accelerate_settings(
    resource: ResourceId,
    #[server(default)] connections: String,
    #[server(default)] query_timeout_ms: String,
    #[server(default)] transaction_timeout_ms: String,
    #[server(default)] response_bytes: String,
    #[server(default)] cache: String,
) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    let cache = !cache.is_empty();
    let input = SettingsInput { connections, query_timeout_ms, transaction_timeout_ms, response_bytes, cache };
    settings::change(&server.ctx, &actor, resource, input).await.map_err(control::Error::into_problem)?;
    respond::go(paths::resource_accelerate(resource), "The settings are changed. Gateways follow within a second.")
}

#[server(endpoint = "accelerate/purge")]
pub async fn purge_accelerate_cache(resource: ResourceId) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    purge::purge(&server.ctx, &actor, resource).await.map_err(control::Error::into_problem)?;
    respond::go(paths::resource_accelerate(resource), "The cache is purged. Gateways follow within a second.")
}

/// The resource's Accelerate, if it is configured.
pub async fn accelerate_of(resource: ResourceId) -> Result<Option<Accelerate>, Problem> {
    let (server, signed) = signed_in()?;
    Ok(read(get::get(&server.ctx, &signed.actor, resource)).await?.map(shown))
}

/// When the first query of the resource came: "3 s ago"; empty while there was none.
#[server(endpoint = "accelerate/first-query", input = GetUrl)]
pub async fn first_query(resource: ResourceId) -> Result<String, ConsoleError> {
    Ok(first_query_of(resource).await?)
}

/// The same, for a page.
pub async fn first_query_of(resource: ResourceId) -> Result<String, Problem> {
    let (server, signed) = signed_in()?;
    let traffic = read(traffic::get(&server.ctx, &signed.actor, resource)).await?;
    Ok(traffic.map(|traffic| ago(traffic.first_query_at, server.ctx.now())).unwrap_or_default())
}

/// The resources of a project that have Accelerate.
pub async fn accelerated(project: ProjectId) -> Result<Vec<ResourceId>, Problem> {
    let (server, signed) = signed_in()?;
    read(get::of_project(&server.ctx, &signed.actor, project)).await
}

fn shown(configured: Configured) -> Accelerate {
    let Configured { region, settings, configured_at } = configured;
    Accelerate {
        region,
        connections: settings.connections,
        query_timeout_ms: settings.query_timeout_ms,
        transaction_timeout_ms: settings.transaction_timeout_ms,
        response_bytes: settings.response_bytes,
        cache: settings.cache,
        configured_at,
    }
}
