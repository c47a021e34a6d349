use super::{At, tabs};
use crate::calls::identity::viewer;
use crate::calls::plans::{SetPlan, org_row, plan_rows, project_plans};
use crate::kit::{
    ButtonKind, ButtonLink, ButtonSize, Cell, Choice, Column, ConsoleLayout, EmptyState, Form, Glyph, HeadCell,
    HiddenField, PageHeader, Pagination, RelativeTime, Row, SelectField, SubmitButton, Table,
};
use crate::model::plan::{PlanRow, ProjectPlanRow};
use crate::pages::chrome::{banner, bar};
use crate::pages::load::{by_name, by_time, list_url, load, page_request, param, section, show};
use crate::paths;
use kernel::page::{Page, Sort};
use kernel::{OrgId, PlanId, ProjectId};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// One organization as operators see it: its projects by name, and the plan of each.
#[component]
pub fn AdminOrgPage() -> impl IntoView {
    let (id, request) = (param("org"), page_request());
    let data = async move {
        let org = org_row(&id).await?;
        let projects = section(async { Ok((project_plans(org.id, request).await?, plan_rows().await?)) }).await?;
        Ok((viewer()?, org, projects))
    };
    load(data, move |(viewer, org, projects)| {
        let id = org.id;
        view! {
            <Title text=org.name.clone()/>
            <ConsoleLayout bar=bar(&viewer, Vec::new()) tabs_label="Administration" tabs=tabs(At::Orgs) banner=banner()>
                <PageHeader title=org.name sentence="Its projects, and what each may use of Accelerate.">
                    <ButtonLink href=paths::ADMIN_ORGS icon=Glyph::ArrowLeft>"All organizations"</ButtonLink>
                </PageHeader>
                {show("The projects", projects, |(projects, plans)| view! { <Projects org=id projects plans/> })}
            </ConsoleLayout>
        }
    })
}

#[component]
fn Projects(org: OrgId, projects: Page<ProjectPlanRow>, plans: Vec<PlanRow>) -> impl IntoView {
    if projects.items.is_empty() {
        return view! { <EmptyState glyph=Glyph::Folder title="No projects" sentence="Its members have created none."/> }
            .into_any();
    }
    let (request, total) = (projects.request, projects.total);
    let url = move |sort: Sort, page: u32| list_url(&paths::admin_org(org), "", sort, page);
    let columns = vec![by_name(request.sort, url), Column::text("Plan"), by_time("Created", request.sort, url)];
    let choices: Vec<_> = plans.into_iter().map(|plan| Choice::new(plan.id.to_string(), plan.name)).collect();
    let rows = projects.items.into_iter().map(|project| {
        let (name, options) = (project.name.clone(), choices.clone());
        view! {
            <Row>
                <HeadCell note=project.id.to_string()>{project.name}</HeadCell>
                <Cell><PlanSelect project=project.id name plan=project.plan options/></Cell>
                <Cell><RelativeTime at=project.created_at/></Cell>
            </Row>
        }
    });
    let rows = rows.collect_view();
    view! {
        <Table caption="Projects" columns>{rows}</Table>
        <Pagination request total noun="projects" href=move |page| url(request.sort, page)/>
    }
    .into_any()
}

#[component]
fn PlanSelect(project: ProjectId, name: String, plan: PlanId, options: Vec<Choice>) -> impl IntoView {
    view! {
        <Form id=format!("admin/set-plan:{project}") action=SetPlan::url() bare=true class="flex min-w-52 items-center gap-2">
            <HiddenField name="project" value=project.to_string()/>
            <SelectField name="plan" label=format!("Plan of {name}") hide_label=true options value=plan.to_string()/>
            <SubmitButton kind=ButtonKind::Ghost size=ButtonSize::Small label=format!("Set plan of {name}")>"Set"</SubmitButton>
        </Form>
    }
}
