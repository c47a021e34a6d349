use super::shown;
use crate::audit::Entry;
use crate::operator::require;
use crate::plans::store;
use crate::{Actor, Ctx, Error};
use kernel::{PlanId, Problem};

/// Deletes a plan that no project has.
pub async fn delete(ctx: &Ctx, actor: &Actor, id: PlanId) -> Result<(), Error> {
    require(actor)?;
    let mut tx = ctx.db.begin().await?;
    // Held: no project gets it meanwhile.
    let plan = store::lock(&mut tx, id).await?.ok_or_else(|| Problem::not_found("plan"))?;
    if plan.built_in {
        return Err(Problem::conflict(format!("{} is built in and cannot be deleted.", plan.name)).into());
    }
    match store::projects(&mut tx, id).await? {
        0 => {}
        1 => return Err(Problem::conflict("A project has this plan. Set another for it first.").into()),
        many => {
            return Err(
                Problem::conflict(format!("{many} projects have this plan. Set another for them first.")).into()
            );
        }
    }
    store::delete(&mut tx, id).await?;
    let before = Some(shown(&plan.name, &plan.limits));
    Entry { action: "plan.delete", org: None, target: &id, before, after: None }.record(ctx, &mut tx, actor).await?;
    crate::commit(tx).await
}
