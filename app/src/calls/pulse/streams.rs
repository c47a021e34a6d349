//! Named streams and the last events.

use crate::calls::request::{actor, signed_in};
use crate::calls::{read, respond};
use crate::error::ConsoleError;
use crate::model::events::SeenEvent;
use crate::model::pulse::StreamRow;
use crate::paths;
use control::pulse::{shown, streams};
use kernel::{Problem, ResourceId};
use leptos::server;
use leptos::server_fn::codec::GetUrl;

#[server(endpoint = "pulse/delete-stream")]
pub async fn delete_stream(resource: ResourceId, name: String) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    streams::delete(&server.ctx, &actor, resource, &name).await.map_err(control::Error::into_problem)?;
    respond::go(paths::resource_pulse(resource), format!("The stream {name} is deleted."))
}

/// From the event behind `after`, or from the first that is kept.
#[server(endpoint = "pulse/replay-stream")]
pub async fn replay_stream(
    resource: ResourceId,
    name: String,
    #[server(default)] after: String,
) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    let after = Some(after.trim()).filter(|after| !after.is_empty());
    streams::replay(&server.ctx, &actor, resource, &name, after).await.map_err(control::Error::into_problem)?;
    respond::go(paths::resource_pulse(resource), format!("The stream {name} is told again what came since."))
}

/// The last events behind `after`, the newest first.
#[server(endpoint = "pulse/events", input = GetUrl)]
pub async fn pulse_events(
    resource: ResourceId,
    #[server(default)] after: String,
) -> Result<Vec<SeenEvent>, ConsoleError> {
    Ok(latest(resource, &after).await?)
}

/// The same, for a page.
pub async fn events_of(resource: ResourceId) -> Result<Vec<SeenEvent>, Problem> {
    latest(resource, "").await
}

async fn latest(resource: ResourceId, after: &str) -> Result<Vec<SeenEvent>, Problem> {
    let (server, signed) = signed_in()?;
    let events = read(shown::latest(&server.ctx, &signed.actor, resource, after)).await?;
    Ok(events.iter().map(|event| server.streams.show(event)).collect())
}

/// The named streams of a resource.
pub async fn streams_of(resource: ResourceId) -> Result<Vec<StreamRow>, Problem> {
    let (server, signed) = signed_in()?;
    let rows = read(streams::list(&server.ctx, &signed.actor, resource)).await?;
    let row = |stream: streams::Stream| StreamRow {
        name: stream.name,
        cursor: stream.cursor,
        waiting: stream.waiting,
        waiting_since: stream.waiting_since,
        seen_at: stream.seen_at,
    };
    Ok(rows.into_iter().map(row).collect())
}
