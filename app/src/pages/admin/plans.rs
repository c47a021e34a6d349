use super::new_plan::PlanForm;
use super::{At, tabs};
use crate::calls::identity::viewer;
use crate::calls::plans::{CreatePlan, plan_rows};
use crate::kit::{
    Badge, ButtonKind, Cell, Column, ConsoleLayout, Dialog, DialogLink, Glyph, HeadCell, NumberCell, PageHeader, Row,
    Table, Tone,
};
use crate::model::plan::{PlanLimits, PlanRow};
use crate::pages::chrome::{banner, bar};
use crate::pages::load::{load, section, show};
use crate::paths;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// What projects may use of Accelerate.
#[component]
pub fn AdminPlansPage() -> impl IntoView {
    load(async { Ok((viewer()?, section(plan_rows()).await?)) }, |(viewer, plans)| {
        view! {
            <Title text="Plans"/>
            <ConsoleLayout bar=bar(&viewer, Vec::new()) tabs_label="Administration" tabs=tabs(At::Plans) banner=banner()>
                <PageHeader title="Plans" sentence="What a project may use of Accelerate. A project is unlimited until you set another plan, on the page of its organization.">
                    <DialogLink href=paths::ADMIN_NEW_PLAN dialog="new-plan" kind=ButtonKind::Primary icon=Glyph::Plus>"Create plan"</DialogLink>
                </PageHeader>
                {show("The plans", plans, |plans| view! { <Plans plans/> })}
                <Dialog id="new-plan" title="Create plan" form="admin/create-plan">
                    <PlanForm id="admin/create-plan" action=CreatePlan::url() verb="Create plan" limits=PlanLimits::default()/>
                </Dialog>
            </ConsoleLayout>
        }
    })
}

#[component]
fn Plans(plans: Vec<PlanRow>) -> impl IntoView {
    let columns = vec![Column::text("Name"), Column::text("Allows"), Column::number("Projects")];
    let rows = plans.into_iter().map(row).collect_view();
    view! { <Table caption="Plans" columns>{rows}</Table> }
}

fn row(plan: PlanRow) -> impl IntoView {
    view! {
        <Row>
            <HeadCell href=paths::admin_plan(plan.id)>
                {plan.name}
                {plan.built_in.then(|| view! { " "<Badge tone=Tone::Neutral>"Built in"</Badge> })}
            </HeadCell>
            <Cell><span class="whitespace-normal">{plan.limits.sentence()}</span></Cell>
            <NumberCell>{plan.projects}</NumberCell>
        </Row>
    }
}
