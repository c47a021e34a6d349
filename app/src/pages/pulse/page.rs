use super::capture::{CaptureCard, GapNotice};
use super::connect::Connect;
use super::disable::DisableLink;
use super::enable::EnableForm;
use super::events::Events;
use super::prepare::{Database, Prepare};
use super::settings::Settings;
use super::streams::Streams;
use crate::calls::orgs::waits_for;
use crate::calls::place::at_resource;
use crate::calls::pulse::{SurveyOf, events_of, pulse_gateway, pulse_of, streams_of, survey_of};
use crate::kit::{Card, ConsoleLayout, Notice, PageHeader, Tone};
use crate::model::accelerate::Gateway;
use crate::model::events::SeenEvent;
use crate::model::place::{OrgPlace, ProjectPlace, ResourcePlace};
use crate::model::pulse::{Pulse, StreamRow};
use crate::pages::chrome::{At, banner, bar, resource_crumbs, resource_tabs};
use crate::pages::load::{Late, load, param, query, section, show};
use crate::pages::resources::{ProductOff, product_sentence};
use crate::paths;
use kernel::{Access, Problem, Product};
use leptos::prelude::*;
use leptos_meta::Title;

/// What a page of Pulse shows of a resource.
#[derive(Debug, Clone)]
pub struct State {
    pub pulse: Option<Enabled>,
    /// How the stored database stands, for who may use it.
    pub survey: SurveyOf,
    pub waits: Vec<Product>,
}

/// Once it is enabled.
#[derive(Debug, Clone)]
pub struct Enabled {
    pub pulse: Pulse,
    pub gateway: Gateway,
    pub streams: Late<Vec<StreamRow>>,
    /// None for who may not see rows.
    pub events: Option<Late<Vec<SeenEvent>>>,
}

pub async fn state(org: &OrgPlace, resource: &ResourcePlace) -> Result<State, Problem> {
    let (pulse, waits) = tokio::try_join!(pulse_of(resource.id), waits_for(org.id))?;
    let may = org.may.manage_resource.is_none();
    let is_of_use = may && (pulse.is_some() || org.pulse != Access::Off);
    let tables = pulse.as_ref().and_then(|pulse| pulse.tables.clone());
    let survey = async { if is_of_use { survey_of(resource.id, tables.as_deref()).await } else { Ok(None) } };
    let enabled = async {
        let Some(pulse) = pulse else { return Ok(None) };
        let events = async { if may { section(events_of(resource.id)).await.map(Some) } else { Ok(None) } };
        let (streams, events) = tokio::try_join!(section(streams_of(resource.id)), events)?;
        Ok(Some(Enabled { pulse, gateway: pulse_gateway()?, streams, events }))
    };
    let (survey, pulse) = tokio::try_join!(survey, enabled)?;
    Ok(State { pulse, survey, waits })
}

#[component]
pub fn ResourcePulsePage() -> impl IntoView {
    let (id, dialog) = (param("resource"), query("dialog"));
    let data = async move {
        let (viewer, org, project, resource) = at_resource(&id).await?;
        let state = section(state(&org, &resource)).await?;
        Ok((viewer, org, project, resource, state))
    };
    load(data, move |(viewer, org, project, resource, state)| {
        let bar = bar(&viewer, resource_crumbs(&org, &project, &resource));
        let tabs = resource_tabs(resource.id, At::Pulse);
        let actions = actions(&org, &resource, &state, dialog == paths::DISABLE_PULSE);
        view! {
            <Title text=format!("Pulse of {}", resource.name)/>
            <ConsoleLayout bar tabs_label="Resource" tabs banner=banner()>
                <PageHeader title="Pulse" sentence=product_sentence(Product::Pulse)>{actions}</PageHeader>
                {show("The settings", state, |state| view! { <Body org project resource state/> })}
            </ConsoleLayout>
        }
    })
}

/// At the top right once it is enabled: the way out.
pub fn actions(org: &OrgPlace, resource: &ResourcePlace, state: &Late<State>, open: bool) -> AnyView {
    match state {
        Ok(State { pulse: Some(Enabled { pulse, .. }), survey, .. }) if org.may.manage_resource.is_none() => {
            view! { <DisableLink resource=resource.clone() pulse=pulse.clone() survey=survey.clone() open/> }.into_any()
        }
        _ => ().into_any(),
    }
}

/// How capture goes, how to connect, what happens; before that, what the database needs and the form.
#[component]
pub fn Body(org: OrgPlace, project: ProjectPlace, resource: ResourcePlace, state: State) -> impl IntoView {
    let State { pulse, survey, waits } = state;
    match (pulse, org.pulse) {
        (Some(enabled), _) => {
            let Enabled { pulse, gateway, streams, events } = enabled;
            let (id, persistence) = (resource.id, pulse.persistence);
            let reason = org.may.manage_resource.clone();
            // How to connect comes first until somebody has, or something has happened.
            let is_used = pulse.last_event_at.is_some() || streams.as_ref().is_ok_and(|streams| !streams.is_empty());
            let database = survey.clone().map(|survey| view! { <Database resource=id survey/> });
            let events =
                events.map(|events| show("The events", events, move |events| view! { <Events resource=id events/> }));
            let may = reason.is_none();
            let streams = show("The streams", streams, move |streams| {
                view! { <Streams resource=id streams persistence may/> }
            });
            let happens = view! { {events}{streams} }.into_any();
            let connect =
                view! { <Connect project=project.id resource gateway persistence may=org.may.manage_keys.is_none()/> }
                    .into_any();
            let (first, second) = if is_used { (happens, connect) } else { (connect, happens) };
            let off = (org.pulse == Access::Off).then(|| {
                view! { <div class="mb-6"><Notice tone=Tone::Warn>"Pulse is off for this organization: nothing is captured, and subscribers are refused."</Notice></div> }
            });
            view! {
                {off}
                <GapNotice pulse=pulse.clone()/>
                <CaptureCard resource=id pulse=pulse.clone() survey may/>
                {first}
                {second}
                <Settings resource=id pulse reason/>
                {database}
            }
            .into_any()
        }
        (None, Access::Off) => view! { <ProductOff product=Product::Pulse org waits/> }.into_any(),
        (None, Access::On | Access::EarlyAccess) => match org.may.manage_resource {
            Some(reason) => view! { <Card title="Enable Pulse"><p class="text-muted">{reason}</p></Card> }.into_any(),
            None => {
                let form = resource.connection.clone().map(|stored| {
                    view! { <EnableForm resource=resource.id stored survey=survey.clone()/> }
                });
                view! { <Prepare resource survey/>{form} }.into_any()
            }
        },
    }
}
