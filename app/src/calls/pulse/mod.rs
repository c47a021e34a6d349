//! Pulse of a resource: how it stands, and its settings.

mod setup;
mod streams;

pub use setup::{CHOSEN, DisablePulse, EnablePulse, PrepareProject, PreparePulse, RemoveSlot, SurveyOf, survey_of};
pub use streams::{DeleteStream, PulseEvents, ReplayStream, events_of, streams_of};

use super::read;
use super::regions::own_gateway;
use super::request::{actor, signed_in};
use super::respond;
use crate::error::ConsoleError;
use crate::model::accelerate::Gateway;
use crate::model::pulse::Pulse;
use crate::paths;
use control::pulse::settings::{self, SettingsInput};
use control::pulse::{get, pause, shown};
use kernel::{Problem, ProjectId, ResourceId};
use leptos::server;

#[server(endpoint = "pulse/change-settings")]
pub async fn change_pulse_settings(
    resource: ResourceId,
    #[server(default)] retention_hours: String,
    #[server(default)] persistence: String,
) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    let input = SettingsInput { persistence: !persistence.is_empty(), retention_hours };
    settings::change(&server.ctx, &actor, resource, input).await.map_err(control::Error::into_problem)?;
    respond::go(paths::resource_pulse(resource), "The settings are changed. Servers follow within a second.")
}

#[server(endpoint = "pulse/pause")]
pub async fn pause_pulse(resource: ResourceId, #[server(default)] from: String) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    pause::pause(&server.ctx, &actor, resource).await.map_err(control::Error::into_problem)?;
    respond::go(came_from(resource, &from), "Capture is paused. The database keeps its WAL until it is resumed.")
}

#[server(endpoint = "pulse/resume")]
pub async fn resume_pulse(resource: ResourceId, #[server(default)] from: String) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    pause::resume(&server.ctx, &actor, resource).await.map_err(control::Error::into_problem)?;
    respond::go(came_from(resource, &from), "Capture is resumed.")
}

/// Back to where a step of disabling was pressed.
fn came_from(resource: ResourceId, from: &str) -> String {
    match from {
        FROM_DIALOG => paths::disable_pulse_dialog(resource),
        FROM_PAGE => paths::disable_pulse(resource),
        _ => paths::resource_pulse(resource),
    }
}

/// Of the dialog that disables, and of the page behind it.
pub const FROM_DIALOG: &str = "dialog";
pub const FROM_PAGE: &str = "page";

/// The resource's Pulse, if it is enabled, and how capture goes.
pub async fn pulse_of(resource: ResourceId) -> Result<Option<Pulse>, Problem> {
    let (server, signed) = signed_in()?;
    let (ctx, actor) = (&server.ctx, &signed.actor);
    let Some(enabled) = read(get::get(ctx, actor, resource)).await? else { return Ok(None) };
    let activity = read(shown::activity(ctx, actor, resource)).await?;
    let node = activity.node.map(|(id, region)| {
        let id: String = id.to_string().chars().take(8).collect();
        region.map_or_else(|| id.clone(), |region| format!("{id} in {region}"))
    });
    Ok(Some(Pulse {
        persistence: enabled.settings.persistence,
        retention_hours: enabled.settings.retention_hours,
        tables: enabled.settings.tables,
        automatic: enabled.settings.automatic,
        enabled_at: enabled.enabled_at,
        paused_at: enabled.paused_at,
        removed_at: enabled.removed_at,
        gap: enabled.gap,
        node,
        last_minute: activity.last_minute,
        last_event_at: activity.last_event_at,
        is_cleaned: activity.is_cleaned,
    }))
}

/// The resources of a project that have Pulse, and whether their capture is paused.
pub async fn with_pulse(project: ProjectId) -> Result<Vec<(ResourceId, bool)>, Problem> {
    let (server, signed) = signed_in()?;
    read(shown::of_project(&server.ctx, &signed.actor, project)).await
}

/// Subscribers are served by every server; this one is known to answer.
pub fn pulse_gateway() -> Result<Gateway, Problem> {
    own_gateway()
}
