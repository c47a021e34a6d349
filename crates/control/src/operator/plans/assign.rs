use crate::audit::Entry;
use crate::operator::require;
use crate::plans::store;
use crate::{Actor, Ctx, Error};
use kernel::{OrgId, PlanId, Problem, ProjectId};
use serde_json::json;

/// Sets a project's plan; `plan` is an id as a form has it. Gateways follow within a second.
pub async fn assign(ctx: &Ctx, actor: &Actor, project: ProjectId, plan: &str) -> Result<(), Error> {
    require(actor)?;
    let plan = plan.parse::<PlanId>().map_err(|_| Problem::field("plan", "Choose a plan."))?;
    let mut tx = ctx.db.begin().await?;
    store::lock(&mut tx, plan).await?.ok_or_else(|| Problem::field("plan", "There is no such plan any more."))?;
    let before = store::assign(&mut tx, project, plan).await?.ok_or_else(|| Problem::not_found("project"))?;
    let org = Some(OrgId::from_uuid(before.org));
    let (before, after) = (json!({ "plan": PlanId::from_uuid(before.plan) }), json!({ "plan": plan }));
    Entry { action: "project.set_plan", org, target: &project, before: Some(before), after: Some(after) }
        .record(ctx, &mut tx, actor)
        .await?;
    crate::commit(tx).await
}
