use super::{Plan, store};
use crate::rights::Right;
use crate::{Actor, Ctx, Error, projects};
use kernel::ProjectId;

/// The plan of a project that the actor may see.
pub async fn of_project(ctx: &Ctx, actor: &Actor, project: ProjectId) -> Result<Plan, Error> {
    let mut db = ctx.db.acquire().await?;
    projects::require(&mut db, actor, project, Right::View).await?;
    store::of_project(&mut db, project).await
}
