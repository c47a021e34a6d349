use super::{not_enabled, store};
use crate::audit::Entry;
use crate::rights::Right;
use crate::{Actor, Ctx, Error, resources};
use kernel::ResourceId;

/// Ends capture within a second. The database keeps its log for the slot until capture is resumed.
pub async fn pause(ctx: &Ctx, actor: &Actor, id: ResourceId) -> Result<(), Error> {
    set(ctx, actor, id, true).await
}

/// Captures again, from where it was paused.
pub async fn resume(ctx: &Ctx, actor: &Actor, id: ResourceId) -> Result<(), Error> {
    set(ctx, actor, id, false).await
}

async fn set(ctx: &Ctx, actor: &Actor, id: ResourceId, paused: bool) -> Result<(), Error> {
    let mut tx = ctx.db.begin().await?;
    let (_, project) = resources::require(&mut tx, actor, id, Right::ManageResource).await?;
    let before = store::find(&mut tx, id).await?.ok_or_else(not_enabled)?;
    if before.paused_at.is_some() == paused {
        return Ok(());
    }
    store::pause(&mut tx, id, paused.then(|| ctx.now())).await?;
    let action = if paused { "pulse.pause" } else { "pulse.resume" };
    Entry { action, org: Some(project.org), target: &id, before: None, after: None }
        .record(ctx, &mut tx, actor)
        .await?;
    crate::commit(tx).await
}
