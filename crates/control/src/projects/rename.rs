use super::{name_taken, require, store};
use crate::audit::Entry;
use crate::rights::Right;
use crate::{Actor, Ctx, Error};
use kernel::{Name, Problem, ProjectId};
use serde_json::json;

/// Gives the project another name.
pub async fn rename(ctx: &Ctx, actor: &Actor, id: ProjectId, name: &str) -> Result<(), Error> {
    let mut tx = ctx.db.begin().await?;
    let project = require(&mut tx, actor, id, Right::ManageProject).await?;
    let name = name.parse::<Name>().map_err(|error| Problem::field("name", error))?;
    store::rename(&mut tx, id, &name).await.map_err(name_taken)?;
    let (before, after) = (Some(json!({ "name": project.name })), Some(json!({ "name": name })));
    Entry { action: "project.rename", org: Some(project.org), target: &id, before, after }
        .record(ctx, &mut tx, actor)
        .await?;
    crate::commit(tx).await?;
    Ok(())
}
