use super::{not_enabled, store};
use crate::audit::Entry;
use crate::resources::purpose;
use crate::rights::Right;
use crate::{Actor, Ctx, Error, resources};
use kernel::{Problem, ResourceId};
use secrecy::SecretString;

/// Pauses capture, and notes that what Pulse keeps in the database is removed on request: answers where that is. Whoever removes it takes the lease
/// first, or a capture that is still ending would make it anew.
pub async fn begin(ctx: &Ctx, actor: &Actor, id: ResourceId) -> Result<SecretString, Error> {
    let mut tx = ctx.db.begin().await?;
    let (_, project) = resources::require(&mut tx, actor, id, Right::ManageResource).await?;
    store::find(&mut tx, id).await?.ok_or_else(not_enabled)?;
    let sealed = resources::store::connection(&mut tx, id)
        .await?
        .ok_or_else(|| Problem::conflict("This environment has no connection string any more."))?;
    let target = ctx.vault.open(&purpose(id), &sealed)?;
    store::remove(&mut tx, id, ctx.now()).await?;
    Entry { action: "pulse.remove_slot", org: Some(project.org), target: &id, before: None, after: None }
        .record(ctx, &mut tx, actor)
        .await?;
    crate::commit(tx).await?;
    Ok(target)
}
