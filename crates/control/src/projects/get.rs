use super::{Project, require};
use crate::rights::Right;
use crate::{Actor, Ctx, Error};
use kernel::ProjectId;

/// The project, if the actor may see it.
pub async fn get(ctx: &Ctx, actor: &Actor, id: ProjectId) -> Result<Project, Error> {
    let mut db = ctx.db.acquire().await?;
    require(&mut db, actor, id, Right::View).await
}
