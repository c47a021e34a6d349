//! What is made in a customer's database for Pulse, and removed from it.

use super::{FROM_PAGE, came_from};
use crate::calls::request::{Server, actor, signed_in};
use crate::calls::resources::parse;
use crate::calls::{read, respond, time_to_look};
use crate::error::ConsoleError;
use crate::model::pulse::{Item, Point, Ready, Survey, TableName};
use crate::paths;
use control::Actor;
use control::pulse::enable::{self, EnableInput};
use control::pulse::{Settings, disable, removal, settings, shown};
use control::resources;
use kernel::problem::Fields;
use kernel::{Problem, ProjectId, ResourceId};
use leptos::server;
use secrecy::SecretString;
use std::time::Duration;
use tokio::time::timeout;

/// How long a form waits for a database.
const LONG_PATIENCE: Duration = Duration::from_secs(25);

const MANY: &str = "Many databases are being looked at right now. Try again in a few seconds.";

/// What a page knows of the database: how it stands, or why nobody can say; none where no connection string is stored, or for who may not use it.
pub type SurveyOf = Option<Result<Survey, String>>;

/// Stores the connection string of a database that is to be prepared.
#[server(endpoint = "pulse/prepare")]
pub async fn prepare_pulse(resource: ResourceId, connection_string: String) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    let (ctx, connection) = (&server.ctx, parse(&connection_string)?);
    resources::change_connection::change_connection(ctx, &actor, resource, connection)
        .await
        .map_err(control::Error::into_problem)?;
    respond::go(paths::resource_pulse(resource), "The connection string is stored.")
}

/// The same for a project without resources: its first is made, named `Production`.
#[server(endpoint = "pulse/prepare-project")]
pub async fn prepare_project(project: ProjectId, connection_string: String) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    let connection = parse(&connection_string)?;
    let resource = resources::create::create(&server.ctx, &actor, project, "Production", Some(connection))
        .await
        .map_err(control::Error::into_problem)?;
    respond::go(paths::resource_pulse(resource), "The environment Production is made for your database.")
}

/// Turns Pulse on, once the database is seen to be prepared.
#[server(endpoint = "pulse/enable")]
pub async fn enable_pulse(
    resource: ResourceId,
    #[server(default)] connection_string: String,
    #[server(default)] which: String,
    /// As JSON, one of each checked box.
    #[server(default)]
    tables: Vec<String>,
    #[server(default)] automatic: String,
    #[server(default)] persistence: String,
    #[server(default)] retention_hours: String,
) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    let ctx = &server.ctx;
    enable::allowed(ctx, &actor, resource).await.map_err(control::Error::into_problem)?;
    let tables: Vec<TableName> = tables.iter().filter_map(|table| serde_json::from_str(table).ok()).collect();
    if which == CHOSEN && tables.is_empty() {
        return Err(Problem::field("which", "Choose one table at least.").into());
    }
    let settings = Settings {
        persistence: !persistence.is_empty(),
        retention_hours: settings::hours(&retention_hours)?,
        tables: (which == CHOSEN).then_some(tables),
        automatic: !automatic.is_empty(),
    };
    let given = (!connection_string.trim().is_empty()).then(|| parse(&connection_string)).transpose()?;
    let target = match &given {
        Some(connection) => connection.secret.clone(),
        None => resources::connection::connection(ctx, &actor, resource).await.map_err(control::Error::into_problem)?,
    };
    prepared(&server, &actor, resource, &target, &settings).await?;
    let input = EnableInput { connection: given, settings };
    enable::enable(ctx, &actor, resource, input).await.map_err(control::Error::into_problem)?;
    respond::go(paths::resource_pulse(resource), "Pulse is enabled. Connect your application next.")
}

/// What the form says where not all tables are meant.
pub const CHOSEN: &str = "chosen";

async fn prepared(
    server: &Server,
    actor: &Actor,
    resource: ResourceId,
    target: &SecretString,
    settings: &Settings,
) -> Result<(), Problem> {
    let _place = server.tests.begin(actor.user.uuid().as_u128()).ok_or_else(|| Problem::too_many(MANY, 5))?;
    let looked = timeout(LONG_PATIENCE, server.streams.survey(resource, target, settings.tables.as_deref())).await;
    let survey = looked
        .unwrap_or_else(|_| Err("The database did not answer in time.".to_owned()))
        .map_err(|why| Problem::field("connection_string", why))?;
    let missing =
        |item: &&Item| item.ready == Ready::Missing && (settings.automatic || item.point != Point::Publishing);
    let missing: Vec<_> = survey.items.iter().filter(missing).collect();
    let mut fields = Fields::default();
    let (of_tables, of_server): (Vec<&Item>, Vec<&Item>) =
        missing.iter().partition(|item| matches!(item.point, Point::Publishing | Point::ReplicaIdentity));
    if let Some(item) = of_server.first() {
        fields.push("connection_string", format!("The database is not prepared: {}", unprepared(item)));
    }
    if let Some(item) = of_tables.first() {
        fields.push("which", unprepared(item));
    }
    fields.done()
}

fn unprepared(item: &Item) -> String {
    let found = &item.found;
    let what = match item.point {
        Point::Version => format!("this is PostgreSQL {found}, and 12 is the oldest that works."),
        Point::Primary => "this is a standby.".to_owned(),
        Point::WalLevel => format!("wal_level is {found}."),
        Point::Slots => format!("no replication slot is free, {found}."),
        Point::Senders => format!("no WAL sender is free, {found}."),
        Point::ReplicationRole => format!("the user {found} may not replicate."),
        Point::WalKept => format!("the WAL kept for a slot is {found}."),
        Point::Publishing => format!("The tables cannot be published: {found}."),
        Point::ReplicaIdentity => {
            let table = item.table.as_deref().unwrap_or_default();
            format!(
                "The table {table} has no replica identity ({found}), so the server would refuse its updates and deletes."
            )
        }
    };
    format!("{what} The list says what to run.")
}

/// Removes slot and publication, for who cannot or does not want to run the statements.
#[server(endpoint = "pulse/remove-slot")]
pub async fn remove_slot(resource: ResourceId, #[server(default)] from: String) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    let target = removal::begin(&server.ctx, &actor, resource).await.map_err(control::Error::into_problem)?;
    let removed = timeout(LONG_PATIENCE, server.streams.remove(resource, &target)).await;
    removed
        .unwrap_or_else(|_| Err("The database did not answer in time. Check again what is left.".to_owned()))
        .map_err(Problem::conflict)?;
    let from = if from.is_empty() { FROM_PAGE } else { &from };
    respond::go(came_from(resource, from), "The slot and the publication are removed.")
}

#[server(endpoint = "pulse/disable")]
pub async fn disable_pulse(resource: ResourceId) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    disable::disable(&server.ctx, &actor, resource).await.map_err(control::Error::into_problem)?;
    respond::go(paths::resource_pulse(resource), "Pulse is disabled.")
}

/// How the stored database stands now, for the tables that are meant. A database that is slow or away is a sentence, not the page's end.
pub async fn survey_of(resource: ResourceId, tables: Option<&[TableName]>) -> Result<SurveyOf, Problem> {
    let (server, signed) = signed_in()?;
    let target = match read(shown::target(&server.ctx, &signed.actor, resource)).await {
        Ok(Some(target)) => target,
        Ok(None) => return Ok(None),
        Err(problem) => return Ok(Some(Err(problem.detail))),
    };
    let Some(_place) = server.tests.begin(signed.actor.user.uuid().as_u128()) else {
        return Ok(Some(Err(MANY.to_owned())));
    };
    let looking = server.streams.survey(resource, &target, tables);
    Ok(Some(match timeout(time_to_look(), looking).await {
        Ok(found) => found,
        Err(_) => Err("The database has not answered yet. What it answers is there when you try again.".to_owned()),
    }))
}
