use crate::calls::place::at_org;
use crate::calls::projects::project_rows;
use crate::kit::{
    ButtonKind, ButtonLink, Cell, Column, ConsoleLayout, Dialog, DialogLink, EmptyState, Glyph, HeadCell, NumberCell,
    PageHeader, Pagination, RelativeTime, Row, SearchField, Table,
};
use crate::model::place::OrgPlace;
use crate::model::project::ProjectRow;
use crate::pages::chrome::{At, banner, bar, org_crumb, org_tabs};
use crate::pages::load::{by_name, by_time, list_url, load, page_request, param, query, section, show};
use crate::pages::projects::NewProjectForm;
use crate::paths;
use kernel::page::{Page, Sort};
use leptos::prelude::*;
use leptos_meta::Title;

/// An organization's projects.
#[component]
pub fn OrgPage() -> impl IntoView {
    let (id, search, request) = (param("org"), query("q"), page_request());
    let asked = search.clone();
    let data = async move {
        let (viewer, org) = at_org(&id).await?;
        let projects = section(project_rows(org.id, &search, request)).await?;
        Ok((viewer, org, projects))
    };
    load(data, move |(viewer, org, projects)| {
        let may_create = org.may.create_project.is_none();
        let create = may_create.then(|| {
            view! { <DialogLink href=paths::new_project(org.id) dialog="new-project" kind=ButtonKind::Primary icon=Glyph::Plus>"Create project"</DialogLink> }
        });
        let dialog = may_create.then(|| {
            view! { <Dialog id="new-project" title="Create project" form="projects/create"><NewProjectForm org=org.id/></Dialog> }
        });
        view! {
            <Title text=org.name.clone()/>
            <ConsoleLayout bar=bar(&viewer, vec![org_crumb(&org)]) tabs_label="Organization" tabs=org_tabs(org.id, At::Overview) banner=banner()>
                <PageHeader title="Projects" sentence="One project for each application that talks to a database.">{create}</PageHeader>
                {show("The projects", projects, |projects| view! { <Projects org projects search=asked/> })}
                {dialog}
            </ConsoleLayout>
        }
    })
}

#[component]
fn Projects(org: OrgPlace, projects: Page<ProjectRow>, search: String) -> impl IntoView {
    let path = paths::org(org.id);
    if projects.total == 0 && search.is_empty() {
        let reason = org.may.create_project.clone();
        let action = match reason {
            None => view! { <DialogLink href=paths::new_project(org.id) dialog="new-project" kind=ButtonKind::Primary icon=Glyph::Plus>"Create your first project"</DialogLink> }.into_any(),
            Some(reason) => view! { <p class="text-muted">{reason}</p> }.into_any(),
        };
        return view! {
            <EmptyState glyph=Glyph::Folder title="No projects yet" sentence="A project holds an application's environments and API keys.">{action}</EmptyState>
        }
        .into_any();
    }
    let field = view! { <SearchField action=path.clone() label="Search projects" value=search.clone()/> };
    if projects.items.is_empty() {
        return view! {
            {field}
            <EmptyState glyph=Glyph::Search title="Nothing matches" sentence=format!("No project's name contains \u{201c}{search}\u{201d}.")>
                <ButtonLink href=path>"Show all projects"</ButtonLink>
            </EmptyState>
        }
        .into_any();
    }
    let (request, total) = (projects.request, projects.total);
    let rows = projects.items.into_iter().map(row).collect_view();
    let url = move |sort: Sort, page: u32| list_url(&path, &search, sort, page);
    let columns = vec![
        by_name(request.sort, &url),
        Column::number("Resources"),
        Column::number("API keys"),
        by_time("Created", request.sort, &url),
    ];
    view! {
        {field}
        <Table caption="Projects" columns>{rows}</Table>
        <Pagination request total noun="projects" href=|page| url(request.sort, page)/>
    }
    .into_any()
}

fn row(project: ProjectRow) -> impl IntoView {
    view! {
        <Row>
            <HeadCell href=paths::project(project.id)>{project.name}</HeadCell>
            <NumberCell>{project.resources}</NumberCell>
            <NumberCell>{project.keys}</NumberCell>
            <Cell><RelativeTime at=project.created_at/></Cell>
        </Row>
    }
}
