use super::{PlainConnection, name_taken, purpose, store};
use crate::audit::Entry;
use crate::rights::Right;
use crate::{Actor, Ctx, Error, projects};
use kernel::{Name, Problem, ProjectId, ResourceId};
use secrecy::ExposeSecret;
use serde_json::json;

/// Resources of one project at most: they are listed on one page.
const MOST_RESOURCES: usize = 100;

/// Makes an environment; the project's first resource becomes its default.
pub async fn create(
    ctx: &Ctx,
    actor: &Actor,
    project: ProjectId,
    name: &str,
    connection: Option<PlainConnection>,
) -> Result<ResourceId, Error> {
    let mut tx = ctx.db.begin().await?;
    let project = projects::require(&mut tx, actor, project, Right::ManageResource).await?;
    let name = name.parse::<Name>().map_err(|error| Problem::field("name", error))?;
    projects::store::lock(&mut tx, project.id).await?;
    if store::list(&mut tx, project.id).await?.len() >= MOST_RESOURCES {
        return Err(
            Problem::conflict(format!("A project has at most {MOST_RESOURCES} resources. Delete one first.")).into()
        );
    }
    let id: ResourceId = ctx.new_id();
    let sealed = connection.as_ref().map(|c| ctx.vault.seal(&purpose(id), c.secret.expose_secret())).transpose()?;
    let masked = connection.map(|c| c.masked);
    let new = store::NewResource {
        id,
        project: project.id,
        name: &name,
        sealed: sealed.as_deref(),
        masked: masked.as_deref(),
        now: ctx.now(),
    };
    store::insert(&mut tx, new).await.map_err(name_taken)?;
    let default = projects::store::claim_default(&mut tx, project.id, id).await?;
    let after = json!({ "name": name, "project": project.id, "connection": masked, "default": default });
    Entry { action: "resource.create", org: Some(project.org), target: &id, before: None, after: Some(after) }
        .record(ctx, &mut tx, actor)
        .await?;
    crate::commit(tx).await?;
    Ok(id)
}
