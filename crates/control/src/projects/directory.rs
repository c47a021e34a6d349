use super::store;
use crate::{Actor, Ctx, Error};
use kernel::{KeyId, OrgId, ProjectId, ResourceId};

/// A project that the actor can reach, with its place, its resources and its keys.
#[derive(Debug, Clone)]
pub struct Listing {
    pub org: OrgId,
    pub org_name: String,
    pub id: ProjectId,
    pub name: String,
    /// By name.
    pub resources: Vec<(ResourceId, String)>,
    /// The newest ones, by name.
    pub keys: Vec<(KeyId, String)>,
}

/// Most projects of one answer: what a search can hold in a browser.
const MOST: i64 = 2_000;

/// Most keys of one project: whoever has more searches their list.
const MOST_KEYS: i64 = 100;

/// Every project of every organization of the actor, by organization and name.
pub async fn directory(ctx: &Ctx, actor: &Actor) -> Result<Vec<Listing>, Error> {
    let mut db = ctx.db.acquire().await?;
    store::directory(&mut db, actor.user, MOST, MOST_KEYS).await
}
