use super::{Resource, store};
use crate::rights::Right;
use crate::{Actor, Ctx, Error, projects};
use kernel::ProjectId;

/// The project's resources, the default first.
pub async fn list(ctx: &Ctx, actor: &Actor, project: ProjectId) -> Result<Vec<Resource>, Error> {
    let mut db = ctx.db.acquire().await?;
    projects::require(&mut db, actor, project, Right::View).await?;
    store::list(&mut db, project).await
}
