use crate::calls::orgs::waits_for;
use crate::calls::place::at_project;
use crate::calls::resources::resource_rows;
use crate::kit::{Badge, Cell, Column, ConsoleLayout, HeadCell, PageHeader, Row, Table};
use crate::model::project::ResourceRow;
use crate::pages::chrome::{At, banner, bar, project_crumbs, project_tabs};
use crate::pages::load::{load, param, section, show};
use crate::pages::resources::{ProductState, access, product_sentence};
use crate::paths;
use kernel::{Access, Product};
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn ProjectPulsePage() -> impl IntoView {
    let id = param("project");
    let data = async move {
        let (viewer, org, project) = at_project(&id).await?;
        let state = section(async { Ok((resource_rows(project.id).await?, waits_for(org.id).await?)) }).await?;
        Ok((viewer, org, project, state))
    };
    load(data, |(viewer, org, project, state)| {
        let place = org.clone();
        let body = show("The resources", state, |(resources, waits)| {
            let several = resources.len() > 1 && access(&place, Product::Pulse) != Access::Off;
            view! {
                <ProductState product=Product::Pulse org=place waits/>
                {several.then(|| view! { <Resources resources/> })}
            }
        });
        view! {
            <Title text=format!("Pulse of {}", project.name)/>
            <ConsoleLayout bar=bar(&viewer, project_crumbs(&org, &project)) tabs_label="Project" tabs=project_tabs(project.id, At::Pulse) banner=banner()>
                <PageHeader title="Pulse" sentence=product_sentence(Product::Pulse)/>
                {body}
            </ConsoleLayout>
        }
    })
}

/// The way to each resource's own tab. What stands in the state's column is as true of all of them as the sentence above.
#[component]
fn Resources(resources: Vec<ResourceRow>) -> impl IntoView {
    let rows = resources
        .into_iter()
        .map(|resource| view! { <Row><HeadCell href=paths::resource_pulse(resource.id)>{resource.name}</HeadCell><Cell><Badge>"Not in this version yet"</Badge></Cell></Row> })
        .collect_view();
    view! { <Table caption="Resources and their Pulse" columns=vec![Column::text("Resource"), Column::text("State")]>{rows}</Table> }
}
