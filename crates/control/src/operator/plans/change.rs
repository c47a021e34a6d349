use super::{PlanInput, name_taken, shown};
use crate::audit::Entry;
use crate::operator::require;
use crate::plans::store;
use crate::{Actor, Ctx, Error};
use kernel::{PlanId, Problem};

/// Changes a plan for all projects that have it. Gateways follow within a second.
pub async fn change(ctx: &Ctx, actor: &Actor, id: PlanId, input: PlanInput) -> Result<(), Error> {
    require(actor)?;
    let mut tx = ctx.db.begin().await?;
    let before = store::lock(&mut tx, id).await?.ok_or_else(|| Problem::not_found("plan"))?;
    if before.built_in {
        return Err(
            Problem::conflict(format!("{} is built in and cannot be changed. Create another.", before.name)).into()
        );
    }
    let (name, limits) = input.check()?;
    store::update(&mut tx, id, &name, &limits).await.map_err(name_taken)?;
    let (before, after) = (Some(shown(&before.name, &before.limits)), Some(shown(&name, &limits)));
    Entry { action: "plan.change", org: None, target: &id, before, after }.record(ctx, &mut tx, actor).await?;
    crate::commit(tx).await
}
