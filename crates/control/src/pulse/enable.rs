use super::{Settings, keeps_its_setup, require_access, store};
use crate::audit::Entry;
use crate::resources::{PlainConnection, purpose};
use crate::rights::Right;
use crate::{Actor, Ctx, Error, resources};
use kernel::{Problem, ResourceId};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

/// What the form asks.
#[derive(Debug)]
pub struct EnableInput {
    /// A new connection string, or none for the stored one.
    pub connection: Option<PlainConnection>,
    pub settings: Settings,
}

impl From<Settings> for EnableInput {
    fn from(settings: Settings) -> Self {
        Self { connection: None, settings }
    }
}

/// Whether the actor may enable Pulse for the resource, to be asked before its database is looked at.
pub async fn allowed(ctx: &Ctx, actor: &Actor, id: ResourceId) -> Result<(), Error> {
    let mut db = ctx.db.acquire().await?;
    let (_, project) = resources::require(&mut db, actor, id, Right::ManageResource).await?;
    require_access(&mut db, actor, project.org).await
}

/// Turns Pulse on for a resource, or changes how long its events are kept. A node makes the publication and the slot within a second, unless people do,
/// and captures.
pub async fn enable(
    ctx: &Ctx,
    actor: &Actor,
    id: ResourceId,
    input: impl Into<EnableInput> + Send,
) -> Result<(), Error> {
    let EnableInput { connection, settings } = input.into();
    let mut tx = ctx.db.begin().await?;
    let (resource, project) = resources::require(&mut tx, actor, id, Right::ManageResource).await?;
    require_access(&mut tx, actor, project.org).await?;
    if resource.connection.is_none() && connection.is_none() {
        return Err(Problem::field("connection_string", "Give the database's connection string.").into());
    }
    super::settings::check_hours(settings.retention_hours)?;
    if settings.tables.as_ref().is_some_and(Vec::is_empty) {
        return Err(Problem::field("tables", "Choose one table at least.").into());
    }
    let before = store::find(&mut tx, id).await?;
    if let Some(before) = &before {
        keeps_its_setup(&before.settings, &settings)?;
    }
    let masked = connection.as_ref().map(|connection| connection.masked.clone());
    if let Some(connection) = connection {
        let sealed = ctx.vault.seal(&purpose(id), connection.secret.expose_secret())?;
        resources::store::set_connection(&mut tx, id, &sealed, &connection.masked).await?;
    }
    store::enable(&mut tx, id, &settings, actor.user, ctx.now()).await?;
    let before = before.map(|before| shown(&before.settings, resource.connection.as_deref()));
    let after = Some(shown(&settings, masked.as_deref().or(resource.connection.as_deref())));
    Entry { action: "pulse.enable", org: Some(project.org), target: &id, before, after }
        .record(ctx, &mut tx, actor)
        .await?;
    crate::commit(tx).await
}

fn shown(settings: &Settings, connection: Option<&str>) -> Value {
    json!({
        "persistence": settings.persistence,
        "retention_hours": settings.retention_hours,
        "tables": settings.tables,
        "automatic": settings.automatic,
        "connection": connection,
    })
}
