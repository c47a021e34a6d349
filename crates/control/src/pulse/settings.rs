use super::{not_enabled, store};
use crate::audit::Entry;
use crate::rights::Right;
use crate::{Actor, Ctx, Error, resources};
use kernel::{Problem, ResourceId};
use serde_json::json;
use std::ops::RangeInclusive;

/// For how long events can be kept.
pub const HOURS: RangeInclusive<u32> = 1..=720;

/// What the form asks: the number as typed.
#[derive(Debug, Clone, Default)]
pub struct SettingsInput {
    pub persistence: bool,
    pub retention_hours: String,
}

/// Changes whether there are named streams, and for how long events are kept. What is published stays: the journal tells of one set of tables.
pub async fn change(ctx: &Ctx, actor: &Actor, id: ResourceId, input: SettingsInput) -> Result<(), Error> {
    let mut tx = ctx.db.begin().await?;
    let (_, project) = resources::require(&mut tx, actor, id, Right::ManageResource).await?;
    let retention_hours = hours(&input.retention_hours)?;
    let before = store::find(&mut tx, id).await?.ok_or_else(not_enabled)?.settings;
    store::set(&mut tx, id, input.persistence, retention_hours).await?;
    let shown = |persistence, hours| Some(json!({ "persistence": persistence, "retention_hours": hours }));
    let (before, after) =
        (shown(before.persistence, before.retention_hours), shown(input.persistence, retention_hours));
    Entry { action: "pulse.change_settings", org: Some(project.org), target: &id, before, after }
        .record(ctx, &mut tx, actor)
        .await?;
    crate::commit(tx).await
}

/// A number of hours, as typed.
pub fn hours(text: &str) -> Result<u32, Problem> {
    let hours = text.trim().parse().map_err(|_| wrong())?;
    check_hours(hours)?;
    Ok(hours)
}

pub(super) fn check_hours(hours: u32) -> Result<(), Problem> {
    if HOURS.contains(&hours) { Ok(()) } else { Err(wrong()) }
}

fn wrong() -> Problem {
    Problem::field("retention_hours", format!("Enter a number of hours from {} to {}.", HOURS.start(), HOURS.end()))
}
