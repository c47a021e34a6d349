use crate::calls::accelerate::accelerated;
use crate::calls::orgs::waits_for;
use crate::calls::place::{at_project, at_resource};
use crate::calls::plans::plan_of;
use crate::calls::regions::regions;
use crate::calls::resources::resource_rows;
use crate::kit::{Badge, Card, Cell, Column, ConsoleLayout, HeadCell, PageHeader, Row, Table, Tone};
use crate::model::accelerate::Regions;
use crate::model::place::{OrgPlace, ResourcePlace};
use crate::model::plan::OwnPlan;
use crate::model::project::ResourceRow;
use crate::pages::accelerate::{Body, ConfigureProjectForm, State, actions, state};
use crate::pages::chrome::{At, banner, bar, project_crumbs, project_tabs};
use crate::pages::load::{load, param, section, show};
use crate::pages::resources::{ProductOff, product_sentence};
use crate::paths;
use kernel::{Access, OrgId, Problem, Product, ProjectId, ResourceId};
use leptos::prelude::*;
use leptos_meta::Title;

/// What the tab shows: nothing to be configured yet, the one resource at once, or the way to each.
enum Shown {
    None { waits: Vec<Product>, regions: Regions },
    One(Box<ResourcePlace>, State),
    Several { resources: Vec<ResourceRow>, accelerated: Vec<ResourceId>, waits: Vec<Product>, plan: OwnPlan },
}

async fn shown(org: OrgId, project: ProjectId) -> Result<Shown, Problem> {
    let resources = resource_rows(project).await?;
    Ok(match resources.as_slice() {
        [] => Shown::None { waits: waits_for(org).await?, regions: regions(None).await? },
        [one] => {
            let (_, _, _, place) = at_resource(&one.id.to_string()).await?;
            Shown::One(place.into(), state(org, project, one.id).await?)
        }
        _ => Shown::Several {
            accelerated: accelerated(project).await?,
            waits: waits_for(org).await?,
            plan: plan_of(project).await?,
            resources,
        },
    })
}

#[component]
pub fn ProjectAcceleratePage() -> impl IntoView {
    let id = param("project");
    let data = async move {
        let (viewer, org, project) = at_project(&id).await?;
        let shown = section(shown(org.id, project.id)).await?;
        Ok((viewer, org, project, shown))
    };
    load(data, |(viewer, org, project, shown)| {
        let actions = match &shown {
            Ok(Shown::One(resource, state)) => actions(&org, resource, &Ok(state.clone())),
            _ => ().into_any(),
        };
        let bar = bar(&viewer, project_crumbs(&org, &project));
        let tabs = project_tabs(project.id, At::Accelerate);
        view! {
            <Title text=format!("Accelerate of {}", project.name)/>
            <ConsoleLayout bar tabs_label="Project" tabs banner=banner()>
                <PageHeader title="Accelerate" sentence=product_sentence(Product::Accelerate)>{actions}</PageHeader>
                {show("The resources", shown, move |shown| match shown {
                    Shown::One(resource, state) => view! { <Body org resource=*resource state/> }.into_any(),
                    Shown::None { waits, .. } | Shown::Several { waits, .. } if org.accelerate == Access::Off => {
                        view! { <ProductOff product=Product::Accelerate org waits/> }.into_any()
                    }
                    Shown::None { regions, .. } => view! { <First org project=project.id regions/> }.into_any(),
                    Shown::Several { resources, accelerated, plan, .. } => view! { <Resources resources accelerated plan/> }.into_any(),
                })}
            </ConsoleLayout>
        }
    })
}

#[component]
fn First(org: OrgPlace, project: ProjectId, regions: Regions) -> impl IntoView {
    let form = match org.may.manage_resource {
        None => view! { <ConfigureProjectForm project regions/> }.into_any(),
        Some(reason) => view! { <p class="text-muted">{reason}</p> }.into_any(),
    };
    view! {
        <Card title="Configure Accelerate" sentence="The environment Production is made for your database, once it has answered.">{form}</Card>
    }
}

#[component]
fn Resources(resources: Vec<ResourceRow>, accelerated: Vec<ResourceId>, plan: OwnPlan) -> impl IntoView {
    let rows = resources
        .into_iter()
        .map(|resource| {
            let badge = match accelerated.contains(&resource.id) {
                true => view! { <Badge tone=Tone::Ok>"Configured"</Badge> },
                false => view! { <Badge tone=Tone::Neutral>"Not configured"</Badge> },
            };
            view! { <Row><HeadCell href=paths::resource_accelerate(resource.id)>{resource.name}</HeadCell><Cell>{badge}</Cell></Row> }
        })
        .collect_view();
    let columns = vec![Column::text("Resource"), Column::text("State")];
    view! {
        <Table caption="Resources and their Accelerate" columns>{rows}</Table>
        <p class="mt-4 text-muted">"Plan of the project: "{plan.line()}</p>
    }
}
