use crate::calls::orgs::waits_for;
use crate::calls::place::{at_project, at_resource};
use crate::calls::pulse::with_pulse;
use crate::calls::resources::resource_rows;
use crate::kit::{Badge, Cell, Column, ConsoleLayout, HeadCell, PageHeader, Row, Table, Tone};
use crate::model::place::{OrgPlace, ResourcePlace};
use crate::model::project::ResourceRow;
use crate::pages::chrome::{At, banner, bar, project_crumbs, project_tabs};
use crate::pages::load::{load, param, query, section, show};
use crate::pages::pulse::{Body, PrepareProjectForm, State, actions, state};
use crate::pages::resources::{ProductOff, product_sentence};
use crate::paths;
use kernel::{Access, Problem, Product, ProjectId, ResourceId};
use leptos::prelude::*;
use leptos_meta::Title;

/// What the tab shows: nothing to be enabled yet, the one resource at once, or the way to each.
enum Shown {
    None { waits: Vec<Product> },
    One(Box<(ResourcePlace, State)>),
    Several { resources: Vec<ResourceRow>, enabled: Vec<(ResourceId, bool)>, waits: Vec<Product> },
}

async fn shown(org: &OrgPlace, project: ProjectId) -> Result<Shown, Problem> {
    let resources = resource_rows(project).await?;
    Ok(match resources.as_slice() {
        [] => Shown::None { waits: waits_for(org.id).await? },
        [one] => {
            let (_, _, _, place) = at_resource(&one.id.to_string()).await?;
            let state = state(org, &place).await?;
            Shown::One(Box::new((place, state)))
        }
        _ => Shown::Several { enabled: with_pulse(project).await?, waits: waits_for(org.id).await?, resources },
    })
}

#[component]
pub fn ProjectPulsePage() -> impl IntoView {
    let (id, dialog) = (param("project"), query("dialog"));
    let data = async move {
        let (viewer, org, project) = at_project(&id).await?;
        let shown = section(shown(&org, project.id)).await?;
        Ok((viewer, org, project, shown))
    };
    load(data, move |(viewer, org, project, shown)| {
        let actions = match &shown {
            Ok(Shown::One(one)) => actions(&org, &one.0, &Ok(one.1.clone()), dialog == paths::DISABLE_PULSE),
            _ => ().into_any(),
        };
        let bar = bar(&viewer, project_crumbs(&org, &project));
        let tabs = project_tabs(project.id, At::Pulse);
        view! {
            <Title text=format!("Pulse of {}", project.name)/>
            <ConsoleLayout bar tabs_label="Project" tabs banner=banner()>
                <PageHeader title="Pulse" sentence=product_sentence(Product::Pulse)>{actions}</PageHeader>
                {show("The resources", shown, move |shown| match shown {
                    Shown::One(one) => {
                        let (resource, state) = *one;
                        view! { <Body org project resource state/> }.into_any()
                    }
                    Shown::None { waits } | Shown::Several { waits, .. } if org.pulse == Access::Off => {
                        view! { <ProductOff product=Product::Pulse org waits/> }.into_any()
                    }
                    Shown::None { .. } => match org.may.manage_resource {
                        None => view! { <PrepareProjectForm project=project.id/> }.into_any(),
                        Some(reason) => view! { <p class="text-muted">{reason}</p> }.into_any(),
                    },
                    Shown::Several { resources, enabled, .. } => view! { <Resources resources enabled/> }.into_any(),
                })}
            </ConsoleLayout>
        }
    })
}

#[component]
fn Resources(resources: Vec<ResourceRow>, enabled: Vec<(ResourceId, bool)>) -> impl IntoView {
    let rows = resources
        .into_iter()
        .map(|resource| {
            let is_paused = enabled.iter().find(|(id, _)| *id == resource.id).map(|(_, is_paused)| *is_paused);
            let badge = match is_paused {
                Some(false) => view! { <Badge tone=Tone::Ok>"Enabled"</Badge> },
                Some(true) => view! { <Badge tone=Tone::Warn>"Paused"</Badge> },
                None => view! { <Badge tone=Tone::Neutral>"Not enabled"</Badge> },
            };
            view! { <Row><HeadCell href=paths::resource_pulse(resource.id)>{resource.name}</HeadCell><Cell>{badge}</Cell></Row> }
        })
        .collect_view();
    let columns = vec![Column::text("Resource"), Column::text("State")];
    view! { <Table caption="Resources and their Pulse" columns>{rows}</Table> }
}
