use super::{require_access, store};
use crate::audit::Entry;
use crate::resources::{self, PlainConnection, purpose};
use crate::rights::Right;
use crate::{Actor, Ctx, Error, projects};
use kernel::{Problem, ProjectId, ResourceId};
use secrecy::ExposeSecret;
use serde_json::json;

/// What the form asks.
#[derive(Debug)]
pub struct ConfigureInput {
    /// A new connection string, or none for the stored one.
    pub connection: Option<PlainConnection>,
    /// Where the gateway runs that is to serve it.
    pub region: String,
}

/// Whether the actor may configure Accelerate for the resource, to be asked before its database is dialled.
pub async fn allowed(ctx: &Ctx, actor: &Actor, id: ResourceId) -> Result<(), Error> {
    let mut db = ctx.db.acquire().await?;
    let (_, project) = resources::require(&mut db, actor, id, Right::ManageResource).await?;
    require_access(&mut db, actor, project.org).await
}

/// The same for a project whose first resource is to be made.
pub async fn allowed_in(ctx: &Ctx, actor: &Actor, project: ProjectId) -> Result<(), Error> {
    let mut db = ctx.db.acquire().await?;
    let project = projects::require(&mut db, actor, project, Right::ManageResource).await?;
    require_access(&mut db, actor, project.org).await
}

/// Turns Accelerate on for a resource, or changes where it runs. The caller has connected to the database before.
pub async fn configure(ctx: &Ctx, actor: &Actor, id: ResourceId, input: ConfigureInput) -> Result<(), Error> {
    let mut tx = ctx.db.begin().await?;
    let (resource, project) = resources::require(&mut tx, actor, id, Right::ManageResource).await?;
    require_access(&mut tx, actor, project.org).await?;
    if resource.connection.is_none() && input.connection.is_none() {
        return Err(Problem::field("connection_string", "Give the database's connection string.").into());
    }
    let masked = input.connection.as_ref().map(|connection| connection.masked.clone());
    if let Some(connection) = input.connection {
        let sealed = ctx.vault.seal(&purpose(id), connection.secret.expose_secret())?;
        resources::store::set_connection(&mut tx, id, &sealed, &connection.masked).await?;
    }
    let before = store::find(&mut tx, id)
        .await?
        .map(|before| json!({ "region": before.region, "connection": resource.connection }));
    store::configure(&mut tx, id, &input.region, actor.user, ctx.now()).await?;
    let after = Some(json!({ "region": input.region, "connection": masked.or(resource.connection) }));
    Entry { action: "accelerate.configure", org: Some(project.org), target: &id, before, after }
        .record(ctx, &mut tx, actor)
        .await?;
    crate::commit(tx).await
}
