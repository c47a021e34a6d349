use super::{PlainConnection, purpose, require, store};
use crate::audit::Entry;
use crate::rights::Right;
use crate::{Actor, Ctx, Error};
use kernel::ResourceId;
use secrecy::ExposeSecret;
use serde_json::json;

/// Replaces the stored connection string.
pub async fn change_connection(
    ctx: &Ctx,
    actor: &Actor,
    id: ResourceId,
    connection: PlainConnection,
) -> Result<(), Error> {
    let mut tx = ctx.db.begin().await?;
    let (resource, project) = require(&mut tx, actor, id, Right::ManageResource).await?;
    let sealed = ctx.vault.seal(&purpose(id), connection.secret.expose_secret())?;
    store::set_connection(&mut tx, id, &sealed, &connection.masked).await?;
    let (before, after) =
        (Some(json!({ "connection": resource.connection })), Some(json!({ "connection": connection.masked })));
    Entry { action: "resource.change_connection", org: Some(project.org), target: &id, before, after }
        .record(ctx, &mut tx, actor)
        .await?;
    crate::commit(tx).await?;
    Ok(())
}
