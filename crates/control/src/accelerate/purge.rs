use super::store;
use crate::audit::Entry;
use crate::resources;
use crate::rights::Right;
use crate::{Actor, Ctx, Error};
use kernel::{Problem, ResourceId};

/// Ends every answer that gateways keep of a resource, within a second.
pub async fn purge(ctx: &Ctx, actor: &Actor, id: ResourceId) -> Result<(), Error> {
    let mut tx = ctx.db.begin().await?;
    let (_, project) = resources::require(&mut tx, actor, id, Right::ManageResource).await?;
    if !store::next_epoch(&mut tx, id).await? {
        return Err(Problem::conflict("Accelerate is not configured for this resource.").into());
    }
    Entry { action: "accelerate.purge", org: Some(project.org), target: &id, before: None, after: None }
        .record(ctx, &mut tx, actor)
        .await?;
    crate::commit(tx).await
}
