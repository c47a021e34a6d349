use super::{PlanInput, name_taken, shown};
use crate::audit::Entry;
use crate::operator::require;
use crate::plans::store;
use crate::{Actor, Ctx, Error};
use kernel::{PlanId, Problem};

/// Plans of one server at most, so that a list holds them all.
const MOST_PLANS: i64 = 100;

/// Makes a plan. No project has it yet.
pub async fn create(ctx: &Ctx, actor: &Actor, input: PlanInput) -> Result<PlanId, Error> {
    require(actor)?;
    let (name, limits) = input.check()?;
    let mut tx = ctx.db.begin().await?;
    if store::count(&mut tx).await? >= MOST_PLANS {
        return Err(Problem::conflict(format!("There are at most {MOST_PLANS} plans. Delete one first.")).into());
    }
    let id: PlanId = ctx.new_id();
    store::insert(&mut tx, id, &name, &limits, ctx.now()).await.map_err(name_taken)?;
    let after = Some(shown(&name, &limits));
    Entry { action: "plan.create", org: None, target: &id, before: None, after }.record(ctx, &mut tx, actor).await?;
    crate::commit(tx).await?;
    Ok(id)
}
