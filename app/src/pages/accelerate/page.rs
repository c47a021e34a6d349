use super::ConfigureForm;
use super::connect::Connect;
use super::disable::DisableLink;
use super::settings::Settings;
use crate::calls::accelerate::{accelerate_of, first_query_of};
use crate::calls::orgs::waits_for;
use crate::calls::place::at_resource;
use crate::calls::plans::plan_of;
use crate::calls::regions::{gateway_in, regions};
use crate::kit::{ButtonLink, Card, ConsoleLayout, Glyph, PageHeader};
use crate::model::accelerate::{Accelerate, Gateway, Regions};
use crate::model::place::{OrgPlace, ResourcePlace};
use crate::model::plan::OwnPlan;
use crate::pages::chrome::{At, banner, bar, resource_crumbs, resource_tabs};
use crate::pages::load::{Late, load, param, section, show};
use crate::pages::resources::{ProductOff, product_sentence};
use crate::paths;
use kernel::{Access, OrgId, Problem, Product, ProjectId, ResourceId};
use leptos::prelude::*;
use leptos_meta::Title;

/// What a page of Accelerate shows of a resource.
#[derive(Debug, Clone)]
pub struct State {
    pub accelerate: Accelerated,
    pub waits: Vec<Product>,
    pub plan: OwnPlan,
    /// "3 s ago", or empty.
    pub first_query: String,
}

/// Whether Accelerate is configured, and what its part of the page needs.
#[derive(Debug, Clone)]
pub enum Accelerated {
    Configured(Box<(Accelerate, Gateway)>),
    Not(Regions),
}

pub async fn state(org: OrgId, project: ProjectId, resource: ResourceId) -> Result<State, Problem> {
    let accelerate = async {
        Ok(match accelerate_of(resource).await? {
            Some(accelerate) => {
                let gateway = gateway_in(&accelerate.region).await?;
                Accelerated::Configured(Box::new((accelerate, gateway)))
            }
            None => Accelerated::Not(regions(Some(resource)).await?),
        })
    };
    let (accelerate, waits, plan, first_query) =
        tokio::try_join!(accelerate, waits_for(org), plan_of(project), first_query_of(resource))?;
    Ok(State { accelerate, waits, plan, first_query })
}

#[component]
pub fn ResourceAcceleratePage() -> impl IntoView {
    let id = param("resource");
    let data = async move {
        let (viewer, org, project, resource) = at_resource(&id).await?;
        let state = section(state(org.id, project.id, resource.id)).await?;
        Ok((viewer, org, project, resource, state))
    };
    load(data, |(viewer, org, project, resource, state)| {
        let bar = bar(&viewer, resource_crumbs(&org, &project, &resource));
        let tabs = resource_tabs(resource.id, At::Accelerate);
        let actions = actions(&org, &resource, &state);
        view! {
            <Title text=format!("Accelerate of {}", resource.name)/>
            <ConsoleLayout bar tabs_label="Resource" tabs banner=banner()>
                <PageHeader title="Accelerate" sentence=product_sentence(Product::Accelerate)>{actions}</PageHeader>
                {show("The settings", state, |state| view! { <Body org resource state/> })}
            </ConsoleLayout>
        }
    })
}

/// At the top right once it is configured: to what it did, and the way out.
pub fn actions(org: &OrgPlace, resource: &ResourcePlace, state: &Late<State>) -> AnyView {
    if !state.as_ref().is_ok_and(|state| matches!(state.accelerate, Accelerated::Configured(_))) {
        return ().into_any();
    }
    let disable = org.may.manage_resource.is_none().then(|| view! { <DisableLink resource=resource.clone()/> });
    view! { <ButtonLink href=paths::org_usage(org.id) icon=Glyph::Activity>"View usage"</ButtonLink>{disable} }
        .into_any()
}

/// How to connect and what may be used; before that, the form.
#[component]
pub fn Body(org: OrgPlace, resource: ResourcePlace, state: State) -> impl IntoView {
    match (state.accelerate, org.accelerate) {
        (Accelerated::Configured(configured), _) => {
            let (accelerate, gateway) = *configured;
            let (region, first_query) = (accelerate.region.clone(), state.first_query);
            view! {
                <Connect resource=resource.clone() gateway region first_query/>
                <Settings org resource accelerate plan=state.plan/>
            }
            .into_any()
        }
        (Accelerated::Not(_), Access::Off) => {
            view! { <ProductOff product=Product::Accelerate org waits=state.waits/> }.into_any()
        }
        (Accelerated::Not(regions), Access::On | Access::EarlyAccess) => {
            let form = match org.may.manage_resource {
                None => view! { <ConfigureForm resource regions/> }.into_any(),
                Some(reason) => view! { <p class="text-muted">{reason}</p> }.into_any(),
            };
            view! { <Card title="Configure Accelerate" sentence="The database is connected to once, to see that it answers.">{form}</Card> }
                .into_any()
        }
    }
}
