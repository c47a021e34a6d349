use super::{require, store};
use crate::audit::Entry;
use crate::rights::Right;
use crate::{Actor, Ctx, Error};
use kernel::{Problem, ProjectId};
use serde_json::json;

/// Deletes the project with its resources, their stored connection strings and all keys. `confirmation` must be the project's name.
pub async fn delete(ctx: &Ctx, actor: &Actor, id: ProjectId, confirmation: &str) -> Result<(), Error> {
    let mut tx = ctx.db.begin().await?;
    let project = require(&mut tx, actor, id, Right::DeleteProject).await?;
    if confirmation.trim() != project.name.as_str() {
        return Err(
            Problem::field("confirmation", "This is not the project's name. Type it exactly as it is shown.").into()
        );
    }
    store::delete(&mut tx, id).await?;
    Entry {
        action: "project.delete",
        org: Some(project.org),
        target: &id,
        before: Some(json!({ "name": project.name })),
        after: None,
    }
    .record(ctx, &mut tx, actor)
    .await?;
    crate::commit(tx).await?;
    Ok(())
}
