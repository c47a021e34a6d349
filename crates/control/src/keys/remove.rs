use super::{require, store};
use crate::audit::Entry;
use crate::rights::Right;
use crate::{Actor, Ctx, Error};
use kernel::KeyId;
use serde_json::json;

/// Removes a key for good: applications that use it stop working at once.
pub async fn remove(ctx: &Ctx, actor: &Actor, id: KeyId) -> Result<(), Error> {
    let mut tx = ctx.db.begin().await?;
    let (key, project) = require(&mut tx, actor, id, Right::ManageKeys).await?;
    store::delete(&mut tx, id).await?;
    let before = json!({ "name": key.name, "visible_end": key.visible.1 });
    Entry { action: "api_key.remove", org: Some(project.org), target: &id, before: Some(before), after: None }
        .record(ctx, &mut tx, actor)
        .await?;
    crate::commit(tx).await?;
    Ok(())
}
