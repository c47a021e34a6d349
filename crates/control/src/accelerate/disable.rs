use super::store;
use crate::audit::Entry;
use crate::resources;
use crate::rights::Right;
use crate::{Actor, Ctx, Error};
use kernel::{Problem, ResourceId};
use serde_json::json;

/// Turns Accelerate off: gateways refuse the resource's traffic within a second. Its settings are forgotten, its connection string and keys stay.
pub async fn disable(ctx: &Ctx, actor: &Actor, id: ResourceId) -> Result<(), Error> {
    let mut tx = ctx.db.begin().await?;
    let (_, project) = resources::require(&mut tx, actor, id, Right::ManageResource).await?;
    let Some(before) = store::delete(&mut tx, id).await? else {
        return Err(Problem::conflict("Accelerate is not configured for this resource.").into());
    };
    let before = Some(json!({ "region": before.region }));
    Entry { action: "accelerate.disable", org: Some(project.org), target: &id, before, after: None }
        .record(ctx, &mut tx, actor)
        .await?;
    crate::commit(tx).await
}
