//! Named streams, as people see them.

use super::{not_enabled, store};
use crate::audit::Entry;
use crate::rights::Right;
use crate::{Actor, Ctx, Error, resources};
use kernel::{Problem, ResourceId};
use serde_json::json;
use time::OffsetDateTime;

/// A stream, and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    pub name: String,
    /// The last event that was acknowledged; none before the first.
    pub cursor: Option<String>,
    /// Events that are kept for it, those of all models.
    pub waiting: u64,
    /// When the first of them came.
    pub waiting_since: Option<OffsetDateTime>,
    pub created_at: OffsetDateTime,
    /// When it acknowledged or connected the last time.
    pub seen_at: OffsetDateTime,
}

pub async fn list(ctx: &Ctx, actor: &Actor, id: ResourceId) -> Result<Vec<Stream>, Error> {
    let mut db = ctx.db.acquire().await?;
    resources::require(&mut db, actor, id, Right::View).await?;
    store::streams(&mut db, id).await
}

/// Forgets a stream; events are not kept for it any more. Whoever connects by its name begins a new one.
pub async fn delete(ctx: &Ctx, actor: &Actor, id: ResourceId, name: &str) -> Result<(), Error> {
    let mut tx = ctx.db.begin().await?;
    let (_, project) = resources::require(&mut tx, actor, id, Right::ManageResource).await?;
    let Some(cursor) = store::delete_stream(&mut tx, id, name).await? else { return Err(no_stream()) };
    let before = Some(json!({ "name": name, "cursor": cursor }));
    Entry { action: "pulse.delete_stream", org: Some(project.org), target: &id, before, after: None }
        .record(ctx, &mut tx, actor)
        .await?;
    crate::commit(tx).await
}

/// Tells a stream again what came after an event, or all that is kept. Its connections are ended within a second, and come back.
pub async fn replay(ctx: &Ctx, actor: &Actor, id: ResourceId, name: &str, after: Option<&str>) -> Result<(), Error> {
    let mut tx = ctx.db.begin().await?;
    let (_, project) = resources::require(&mut tx, actor, id, Right::ManageResource).await?;
    store::find(&mut tx, id).await?.ok_or_else(not_enabled)?;
    let after = after.unwrap_or_default();
    if !after.is_empty() && !is_event_id(after) {
        return Err(Problem::field("after", "This is not the id of an event. Copy one whole.").into());
    }
    let Some(before) = store::replay(&mut tx, id, name, after).await? else { return Err(no_stream()) };
    let (before, after) = (Some(json!({ "cursor": before })), Some(json!({ "name": name, "cursor": after })));
    Entry { action: "pulse.replay", org: Some(project.org), target: &id, before, after }
        .record(ctx, &mut tx, actor)
        .await?;
    crate::commit(tx).await
}

fn no_stream() -> Error {
    Problem::not_found("stream").into()
}

/// `00000001-0000000001a2b3c4-000000000000`
fn is_event_id(text: &str) -> bool {
    let parts: Vec<_> =
        text.split('-').map(|part| (part.len(), part.bytes().all(|byte| byte.is_ascii_hexdigit()))).collect();
    parts == [(8, true), (16, true), (12, true)]
}
