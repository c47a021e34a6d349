use super::PlanSummary;
use crate::operator::require;
use crate::plans::store;
use crate::{Actor, Ctx, Error};
use kernel::{PlanId, Problem};

/// One plan.
pub async fn get(ctx: &Ctx, actor: &Actor, id: PlanId) -> Result<PlanSummary, Error> {
    require(actor)?;
    let mut db = ctx.db.acquire().await?;
    let found = store::all(&mut db, Some(id)).await?.pop();
    let found = found.ok_or_else(|| Problem::not_found("plan"))?;
    Ok(PlanSummary { plan: found.plan, projects: found.projects })
}
