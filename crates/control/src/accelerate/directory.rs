//! What a gateway asks: it acts for the holder of an API key, who was checked before.

use super::{Settings, store};
use crate::resources::purpose;
use crate::{Ctx, Error, plans};
use kernel::{ProjectId, ResourceId};
use secrecy::SecretString;

/// What a gateway needs to serve a resource.
#[derive(Debug)]
pub struct Route {
    pub connection: SecretString,
    pub settings: Settings,
    pub project: ProjectId,
    /// What the project's plan allows.
    pub plan: plans::Limits,
    /// Another one ends every kept answer.
    pub cache_epoch: i32,
    pub version: Version,
}

/// Another one whenever the resource, its Accelerate, its project, their plan or the organization's access changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version(pub(super) String);

/// The route to a resource; none while Accelerate is not configured, or off for the organization.
pub async fn find(ctx: &Ctx, id: ResourceId) -> Result<Option<Route>, Error> {
    let mut db = ctx.db.acquire().await?;
    let Some(route) = store::route(&mut db, id).await? else { return Ok(None) };
    let connection = ctx.vault.open(&purpose(id), &route.connection)?;
    let store::SealedRoute { settings, project, plan, cache_epoch, version, .. } = route;
    Ok(Some(Route { connection, settings, project, plan, cache_epoch, version }))
}

/// The versions of those resources that have a route now.
pub async fn versions(ctx: &Ctx, ids: &[ResourceId]) -> Result<Vec<(ResourceId, Version)>, Error> {
    let mut db = ctx.db.acquire().await?;
    store::versions(&mut db, ids).await
}
