use super::{require, store};
use crate::audit::Entry;
use crate::rights::Right;
use crate::{Actor, Ctx, Error, resources};
use kernel::{Problem, ProjectId, ResourceId};
use serde_json::json;

/// Leads the project's own keys to another of its resources.
pub async fn set_default_resource(ctx: &Ctx, actor: &Actor, id: ProjectId, resource: ResourceId) -> Result<(), Error> {
    let mut tx = ctx.db.begin().await?;
    require(&mut tx, actor, id, Right::ManageProject).await?;
    store::lock(&mut tx, id).await?;
    let project = require(&mut tx, actor, id, Right::ManageProject).await?;
    let found = resources::store::find(&mut tx, resource).await?;
    found.filter(|found| found.project == id).ok_or_else(|| Problem::not_found("resource"))?;
    if project.default_resource == Some(resource) {
        return Ok(());
    }
    store::set_default_resource(&mut tx, id, Some(resource)).await?;
    let (before, after) = (json!({ "default": project.default_resource }), json!({ "default": resource }));
    Entry {
        action: "project.set_default_resource",
        org: Some(project.org),
        target: &id,
        before: Some(before),
        after: Some(after),
    }
    .record(ctx, &mut tx, actor)
    .await?;
    crate::commit(tx).await?;
    Ok(())
}
