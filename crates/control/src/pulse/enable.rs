use super::{Settings, require_access, store};
use crate::audit::Entry;
use crate::rights::Right;
use crate::{Actor, Ctx, Error, resources};
use kernel::{Problem, ResourceId};
use serde_json::{Value, json};

const MOST_HOURS: u32 = 720;

/// Turns Pulse on for a resource, or changes how long its events are kept. A node makes the publication and the slot within a second, and captures.
pub async fn enable(ctx: &Ctx, actor: &Actor, id: ResourceId, settings: Settings) -> Result<(), Error> {
    let mut tx = ctx.db.begin().await?;
    let (resource, project) = resources::require(&mut tx, actor, id, Right::ManageResource).await?;
    require_access(&mut tx, actor, project.org).await?;
    if resource.connection.is_none() {
        return Err(
            Problem::conflict("This environment has no connection string yet. Give one in its settings.").into()
        );
    }
    if !(1..=MOST_HOURS).contains(&settings.retention_hours) {
        let detail = format!("Enter a number of hours from 1 to {MOST_HOURS}.");
        return Err(Problem::field("retention_hours", detail).into());
    }
    let before = store::find(&mut tx, id).await?;
    if before.as_ref().is_some_and(|before| before.settings.tables != settings.tables) {
        return Err(Problem::field("tables", "Disable Pulse to publish other tables, and enable it anew.").into());
    }
    store::enable(&mut tx, id, &settings, actor.user, ctx.now()).await?;
    let (before, after) = (before.map(|before| shown(&before.settings)), Some(shown(&settings)));
    Entry { action: "pulse.enable", org: Some(project.org), target: &id, before, after }
        .record(ctx, &mut tx, actor)
        .await?;
    crate::commit(tx).await
}

fn shown(settings: &Settings) -> Value {
    json!({ "persistence": settings.persistence, "retention_hours": settings.retention_hours, "tables": settings.tables })
}
