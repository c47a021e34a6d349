//! Resources.

use super::request::{Server, actor, signed_in};
use super::{read, respond};
use crate::error::ConsoleError;
use crate::model::project::{ConnectionCheck, ResourceRow};
use crate::paths;
use control::Actor;
use control::resources::delete::DeleteResourceInput;
use control::resources::{self, PlainConnection};
use kernel::{Problem, ProjectId, ResourceId};
use leptos::server;
use secrecy::ExposeSecret;
use upstream::{ConnectionReport, ConnectionString, DialError};

#[server(endpoint = "resources/create")]
pub async fn create_resource(
    project: ProjectId,
    name: String,
    #[server(default)] connection_string: String,
) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    let connection = (!connection_string.trim().is_empty()).then(|| parse(&connection_string)).transpose()?;
    let id = resources::create::create(&server.ctx, &actor, project, &name, connection)
        .await
        .map_err(control::Error::into_problem)?;
    respond::go(paths::resource(id), "The environment is ready.")
}

#[server(endpoint = "resources/rename")]
pub async fn rename_resource(resource: ResourceId, name: String) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    resources::rename::rename(&server.ctx, &actor, resource, &name).await.map_err(control::Error::into_problem)?;
    respond::go(paths::resource_settings(resource), "The name is changed.")
}

#[server(endpoint = "resources/change-connection")]
pub async fn change_connection(resource: ResourceId, connection_string: String) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    let connection = parse(&connection_string)?;
    resources::change_connection::change_connection(&server.ctx, &actor, resource, connection)
        .await
        .map_err(control::Error::into_problem)?;
    respond::go(paths::resource_settings(resource), "The connection string is stored. Test it from the overview.")
}

#[server(endpoint = "resources/delete")]
pub async fn delete_resource(
    resource: ResourceId,
    confirmation: String,
    #[server(default)] successor: String,
) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    let project = resources::get::get(&server.ctx, &actor, resource).await.map_err(control::Error::into_problem)?.1.id;
    let input = DeleteResourceInput { confirmation, successor: successor.parse().ok() };
    resources::delete::delete(&server.ctx, &actor, resource, input).await.map_err(control::Error::into_problem)?;
    respond::go(paths::project(project), "The environment is deleted, with its connection string and API keys.")
}

/// Dials the stored connection string. What it finds is shown by the overview it leads back to.
#[server(endpoint = "resources/test-connection")]
pub async fn test_connection(resource: ResourceId) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    let stored =
        resources::connection::connection(&server.ctx, &actor, resource).await.map_err(control::Error::into_problem)?;
    let target =
        ConnectionString::parse(stored.expose_secret()).map_err(|error| Problem::conflict(error.to_string()))?;
    let report = dial(&server, &actor, &target).await?.map_err(|error| Problem::conflict(error.to_string()))?;
    let check = ConnectionCheck {
        server_version: report.server_version,
        tls: report.tls,
        round_trip_ms: report.round_trip.as_secs_f64() * 1000.0,
    };
    respond::go(paths::resource(resource), sentence(&check))
}

/// Dials a database to see whether it answers. Few at once: a dial takes a socket and seconds.
pub(super) async fn dial(
    server: &Server,
    actor: &Actor,
    target: &ConnectionString,
) -> Result<Result<ConnectionReport, DialError>, Problem> {
    let _place = server.tests.begin(actor.user.uuid().as_u128()).ok_or_else(|| {
        Problem::too_many("Many connections are being tested right now. Try again in a few seconds.", 5)
    })?;
    Ok(upstream::test_connection(&server.dialer, target).await)
}

fn sentence(check: &ConnectionCheck) -> String {
    let tls = if check.tls { "with TLS" } else { "without TLS" };
    format!("Connected: PostgreSQL {}, {tls}, round trip {:.1} ms.", check.server_version, check.round_trip_ms)
}

pub(super) fn parse(text: &str) -> Result<PlainConnection, Problem> {
    let parsed = ConnectionString::parse(text).map_err(|error| Problem::field("connection_string", error))?;
    Ok(PlainConnection { masked: parsed.masked(), secret: parsed.expose_url() })
}

/// The project's resources, the default first.
pub async fn resource_rows(project: ProjectId) -> Result<Vec<ResourceRow>, Problem> {
    let (server, signed) = signed_in()?;
    let rows = read(resources::list::list(&server.ctx, &signed.actor, project)).await?;
    let row = |resource: resources::Resource| ResourceRow {
        id: resource.id,
        name: resource.name.to_string(),
        connection: resource.connection,
        is_default: resource.is_default,
        keys: resource.keys,
        created_at: resource.created_at,
    };
    Ok(rows.into_iter().map(row).collect())
}
