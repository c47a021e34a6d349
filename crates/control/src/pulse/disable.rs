use super::{not_enabled, store};
use crate::audit::Entry;
use crate::rights::Right;
use crate::{Actor, Ctx, Error, resources};
use kernel::ResourceId;

/// Turns Pulse off: capture ends within a second, events and streams are forgotten, and a node removes the slot and the publication.
pub async fn disable(ctx: &Ctx, actor: &Actor, id: ResourceId) -> Result<(), Error> {
    let mut tx = ctx.db.begin().await?;
    let (_, project) = resources::require(&mut tx, actor, id, Right::ManageResource).await?;
    if !store::delete(&mut tx, id).await? {
        return Err(not_enabled());
    }
    Entry { action: "pulse.disable", org: Some(project.org), target: &id, before: None, after: None }
        .record(ctx, &mut tx, actor)
        .await?;
    crate::commit(tx).await
}
