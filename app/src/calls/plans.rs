//! Plans, and which project has which. Operators set them; members see the one of their project.

#![expect(clippy::too_many_arguments, reason = "a form's fields are the arguments of its function")]

use super::request::{actor, signed_in};
use super::{read, respond};
use crate::error::ConsoleError;
use crate::model::admin::OrgRow;
use crate::model::plan::{OwnPlan, PlanLimits, PlanRow, ProjectPlanRow};
use crate::paths;
use control::operator::orgs;
use control::operator::plans::{PlanInput, PlanSummary, assign, change, create, delete, get, list};
use control::plans::{self, Limits};
use kernel::page::{Page, PageRequest};
use kernel::{OrgId, PlanId, Problem, ProjectId};
use leptos::server;

#[server(endpoint = "admin/create-plan")]
pub async fn create_plan(
    name: String,
    #[server(default)] requests: String,
    #[server(default)] queued: String,
    #[server(default)] connections: String,
    #[server(default)] query_timeout_ms: String,
    #[server(default)] transaction_timeout_ms: String,
    #[server(default)] response_bytes: String,
) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    let input =
        PlanInput { name, requests, queued, connections, query_timeout_ms, transaction_timeout_ms, response_bytes };
    create::create(&server.ctx, &actor, input).await.map_err(control::Error::into_problem)?;
    respond::go(paths::ADMIN_PLANS, "The plan is created. Set it for projects under Organizations.")
}

#[server(endpoint = "admin/change-plan")]
pub async fn change_plan(
    plan: PlanId,
    name: String,
    #[server(default)] requests: String,
    #[server(default)] queued: String,
    #[server(default)] connections: String,
    #[server(default)] query_timeout_ms: String,
    #[server(default)] transaction_timeout_ms: String,
    #[server(default)] response_bytes: String,
) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    let input =
        PlanInput { name, requests, queued, connections, query_timeout_ms, transaction_timeout_ms, response_bytes };
    change::change(&server.ctx, &actor, plan, input).await.map_err(control::Error::into_problem)?;
    respond::go(paths::ADMIN_PLANS, "The plan is changed. Gateways follow within a second.")
}

#[server(endpoint = "admin/delete-plan")]
pub async fn delete_plan(plan: PlanId) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    delete::delete(&server.ctx, &actor, plan).await.map_err(control::Error::into_problem)?;
    respond::go(paths::ADMIN_PLANS, "The plan is deleted.")
}

#[server(endpoint = "admin/set-plan")]
pub async fn set_plan(project: ProjectId, plan: String) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    assign::assign(&server.ctx, &actor, project, &plan).await.map_err(control::Error::into_problem)?;
    respond::back("The plan is set. Gateways follow within a second.")
}

pub async fn plan_rows() -> Result<Vec<PlanRow>, Problem> {
    let (server, signed) = signed_in()?;
    Ok(read(list::list(&server.ctx, &signed.actor)).await?.into_iter().map(row).collect())
}

/// One plan.
pub async fn plan_row(id: &str) -> Result<PlanRow, Problem> {
    let id = super::place::parse::<PlanId>(id, "plan")?;
    let (server, signed) = signed_in()?;
    read(get::get(&server.ctx, &signed.actor, id)).await.map(row)
}

/// One organization as operators see it.
pub async fn org_row(id: &str) -> Result<OrgRow, Problem> {
    let id = super::place::parse::<OrgId>(id, "organization")?;
    let (server, signed) = signed_in()?;
    read(orgs::get::get(&server.ctx, &signed.actor, id)).await.map(super::admin::org_row)
}

pub async fn project_plans(org: OrgId, request: PageRequest) -> Result<Page<ProjectPlanRow>, Problem> {
    let (server, signed) = signed_in()?;
    let page = read(orgs::get::projects(&server.ctx, &signed.actor, org, request)).await?;
    Ok(page.map(|project| ProjectPlanRow {
        id: project.id,
        name: project.name.to_string(),
        plan: project.plan,
        created_at: project.created_at,
    }))
}

/// The plan of one of the viewer's own projects.
pub async fn plan_of(project: ProjectId) -> Result<OwnPlan, Problem> {
    let (server, signed) = signed_in()?;
    let plan = read(plans::of_project::of_project(&server.ctx, &signed.actor, project)).await?;
    Ok(OwnPlan { name: plan.name.to_string(), limits: limits(plan.limits) })
}

fn row(summary: PlanSummary) -> PlanRow {
    let PlanSummary { plan, projects } = summary;
    let (id, built_in) = (plan.id, plan.built_in);
    PlanRow { id, name: plan.name.to_string(), built_in, limits: limits(plan.limits), projects }
}

fn limits(limits: Limits) -> PlanLimits {
    PlanLimits {
        requests: limits.rate.map(|rate| rate.requests),
        queued: limits.rate.map(|rate| rate.queued),
        connections: limits.connections,
        query_timeout_ms: limits.query_timeout_ms,
        transaction_timeout_ms: limits.transaction_timeout_ms,
        response_bytes: limits.response_bytes,
    }
}
