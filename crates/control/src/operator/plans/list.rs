use super::PlanSummary;
use crate::operator::require;
use crate::plans::store;
use crate::{Actor, Ctx, Error};

/// All plans, those of the product first.
pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<Vec<PlanSummary>, Error> {
    require(actor)?;
    let mut db = ctx.db.acquire().await?;
    let counted = store::all(&mut db, None).await?;
    Ok(counted.into_iter().map(|one| PlanSummary { plan: one.plan, projects: one.projects }).collect())
}
