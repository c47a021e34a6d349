use super::new_plan::PlanForm;
use super::{At, tabs};
use crate::calls::identity::viewer;
use crate::calls::plans::{ChangePlan, DeletePlan, plan_row};
use crate::kit::{
    ButtonKind, ButtonLink, Card, ConfirmDialog, ConfirmForm, ConsoleLayout, DefinitionList, DialogLink, Fact, Glyph,
    HiddenField, Notice, PageHeader, confirm_dialog_id,
};
use crate::model::plan::PlanRow;
use crate::pages::chrome::{banner, bar};
use crate::pages::load::{load, param};
use crate::paths;
use kernel::PlanId;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// The id of the form, and of the dialog that holds it.
const DELETE_PLAN: &str = "admin/delete-plan";

/// One plan, to look at or to change.
#[component]
pub fn AdminPlanPage() -> impl IntoView {
    let id = param("plan");
    let data = async move { Ok((viewer()?, plan_row(&id).await?)) };
    load(data, |(viewer, plan)| {
        let sentence = match plan.projects {
            0 => "No project has it.".to_owned(),
            1 => "A project has it.".to_owned(),
            many => format!("{many} projects have it."),
        };
        view! {
            <Title text=plan.name.clone()/>
            <ConsoleLayout bar=bar(&viewer, Vec::new()) tabs_label="Administration" tabs=tabs(At::Plans) banner=banner() narrow=true>
                <PageHeader title=plan.name.clone() sentence>
                    <ButtonLink href=paths::ADMIN_PLANS icon=Glyph::ArrowLeft>"All plans"</ButtonLink>
                </PageHeader>
                {if plan.built_in { view! { <BuiltIn plan/> }.into_any() } else { view! { <Own plan/> }.into_any() }}
            </ConsoleLayout>
        }
    })
}

#[component]
fn BuiltIn(plan: PlanRow) -> impl IntoView {
    view! {
        <Card title="Limits" sentence="This plan is built in and stays as it is.">
            <DefinitionList><Fact term="Allows">{plan.limits.sentence()}</Fact></DefinitionList>
        </Card>
    }
}

#[component]
fn Own(plan: PlanRow) -> impl IntoView {
    let (id, title) = (plan.id, format!("Delete the plan {}?", plan.name));
    let delete = match plan.projects {
        0 => view! {
            <DialogLink href=paths::delete_plan(id) dialog=confirm_dialog_id(DELETE_PLAN) kind=ButtonKind::Danger>"Delete plan"</DialogLink>
            <ConfirmDialog id=DELETE_PLAN title action=DeletePlan::url() verb="Delete plan" back=paths::admin_plan(id)>
                <DeletePlanFields plan=id/>
            </ConfirmDialog>
        }
        .into_any(),
        _ => view! { <p class="text-muted">"Set another plan for its projects first."</p> }.into_any(),
    };
    view! {
        <Card title="Limits" sentence="A change counts for all projects that have the plan, within a second.">
            <PlanForm id="admin/change-plan" action=ChangePlan::url() verb="Update" limits=plan.limits plan=id name=plan.name/>
        </Card>
        <Card title="Delete plan" sentence="A plan can be deleted when no project has it." danger=true>{delete}</Card>
    }
}

#[component]
fn DeletePlanFields(plan: PlanId) -> impl IntoView {
    view! {
        <p>"No project has it. This cannot be undone."</p>
        <HiddenField name="plan" value=plan.to_string()/>
    }
}

#[component]
pub fn DeletePlanPage() -> impl IntoView {
    let id = param("plan");
    let data = async move { Ok((viewer()?, plan_row(&id).await?)) };
    load(data, |(viewer, plan)| {
        let (title, back) = (format!("Delete the plan {}?", plan.name), paths::admin_plan(plan.id));
        let form = match (plan.built_in, plan.projects) {
            (false, 0) => view! {
                <Card danger=true>
                    <ConfirmForm id=DELETE_PLAN action=DeletePlan::url() verb="Delete plan" back><DeletePlanFields plan=plan.id/></ConfirmForm>
                </Card>
            }
            .into_any(),
            (true, _) => view! { <Notice>"This plan is built in and stays."</Notice> }.into_any(),
            _ => view! { <Notice>"Projects have this plan. Set another for them first."</Notice> }.into_any(),
        };
        view! {
            <Title text=title.clone()/>
            <ConsoleLayout bar=bar(&viewer, Vec::new()) tabs_label="Administration" tabs=tabs(At::Plans) banner=banner() narrow=true>
                <PageHeader title/>
                {form}
            </ConsoleLayout>
        }
    })
}
