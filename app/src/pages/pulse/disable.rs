use super::capture::{Stands, Switch};
use super::prepare::{CheckAgain, NotLooked};
use crate::calls::place::at_resource;
use crate::calls::pulse::{DisablePulse, FROM_DIALOG, FROM_PAGE, RemoveSlot, SurveyOf, pulse_of, survey_of};
use crate::flash::Flash;
use crate::kit::{
    ButtonKind, ButtonSize, Cancel, Card, CodeBlock, ConsoleLayout, Dialog, DialogActions, DialogLink, Form,
    FormFailure, HiddenField, Notice, PageHeader, SubmitButton, Tone,
};
use crate::model::place::ResourcePlace;
use crate::model::pulse::{Capture, Pulse, Survey};
use crate::pages::chrome::{At, banner, bar, resource_crumbs, resource_tabs};
use crate::pages::load::{load, param, section, show};
use crate::paths;
use kernel::ResourceId;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

const DIALOG: &str = "pulse/disable-dialog";
const DISABLE: &str = "pulse/disable";
const REMOVE: &str = "pulse/remove-slot";

/// The button, and the dialog that leads through the end.
#[component]
pub fn DisableLink(resource: ResourcePlace, pulse: Pulse, survey: SurveyOf, open: bool) -> impl IntoView {
    let title = format!("Disable Pulse of {}?", resource.name);
    let failed = use_context::<Flash>().is_some_and(|flash| flash.failed(REMOVE));
    view! {
        <DialogLink href=paths::disable_pulse(resource.id) dialog=DIALOG kind=ButtonKind::Danger>"Disable Pulse"</DialogLink>
        <Dialog id=DIALOG title form=DISABLE open=open || failed>
            <Steps resource=resource.id pulse survey from=FROM_DIALOG/>
        </Dialog>
    }
}

/// Pause, remove what is in the database, disable: each a form of its own, and nothing happens before one is pressed.
#[component]
fn Steps(resource: ResourceId, pulse: Pulse, survey: SurveyOf, from: &'static str) -> impl IntoView {
    let (again, back) = match from {
        FROM_DIALOG => (paths::disable_pulse_dialog(resource), paths::resource_pulse(resource)),
        _ => (paths::disable_pulse(resource), paths::resource_pulse(resource)),
    };
    let is_paused = pulse.paused_at.is_some();
    let state = Capture::of(&pulse, survey.as_ref().and_then(|survey| survey.as_ref().ok()));
    let is_gone = matches!(&survey, Some(Ok(survey)) if survey.is_gone());
    let remove = (survey.is_some() && !is_gone).then(|| {
        view! {
            <Form id=REMOVE action=RemoveSlot::url() bare=true>
                <HiddenField name="resource" value=resource.to_string()/>
                <HiddenField name="from" value=from/>
                <SubmitButton kind=ButtonKind::Secondary size=ButtonSize::Small>"Pause and remove them for me"</SubmitButton>
            </Form>
        }
    });
    let in_database = match survey {
        Some(Ok(survey)) => view! { <InDatabase survey/> }.into_any(),
        Some(Err(why)) => view! { <NotLooked resource why/> }.into_any(),
        None => view! { <p class="text-muted">"No connection string is stored, so nobody looks."</p> }.into_any(),
    };
    let begun = if is_paused { "Capture is paused." } else { "Nothing has changed yet." };
    view! {
        <p class="mb-6">{begun}" Events and streams are forgotten with the last step; your data is not touched."</p>
        <ol class="steps">
            <li>
                <h3>"Pause capture"</h3>
                <div class="flex flex-wrap items-center justify-between gap-3">
                    <p class="min-w-0"><Stands pulse state/></p>
                    <Switch resource is_paused from/>
                </div>
            </li>
            <li>
                <h3>"Remove what Pulse keeps in the database"</h3>
                {in_database}
                <FormFailure form=REMOVE/>
                <div class="flex flex-wrap gap-2">{remove}<CheckAgain href=again/></div>
            </li>
            <li>
                <h3>"Disable Pulse"</h3>
                <Form id=DISABLE action=DisablePulse::url()>
                    <p class="text-muted">"Subscribers are sent away within a second. What is left in the database then, this server removes as soon as the database answers."</p>
                    <HiddenField name="resource" value=resource.to_string()/>
                    // No focus of its own: the dialog begins at its first step.
                    <DialogActions>
                        <SubmitButton kind=ButtonKind::Danger>"Disable Pulse"</SubmitButton>
                        <Cancel href=back/>
                    </DialogActions>
                </Form>
            </li>
        </ol>
    }
}

/// What is there, and how to remove it.
#[component]
fn InDatabase(survey: Survey) -> impl IntoView {
    if survey.is_gone() {
        return view! { <Notice tone=Tone::Ok>"The slot and the publication are gone."</Notice> }.into_any();
    }
    let statements = survey.statements;
    let walsender = survey
        .slot
        .filter(|slot| slot.is_active)
        .map(|_| view! { <CodeBlock label="End the active WAL sender" code=statements.end_walsender/> });
    let slot = survey.slot.map(|_| view! { <CodeBlock label="Drop the replication slot" code=statements.drop_slot/> });
    let publication = survey
        .is_published
        .then(|| view! { <CodeBlock label="Drop the publication" code=statements.drop_publication/> });
    view! {
        <p>"Run these once capture is paused, or have it done. A slot that nobody reads makes the database keep its WAL for ever."</p>
        {walsender}
        {slot}
        {publication}
    }
    .into_any()
}

#[component]
pub fn DisablePulsePage() -> impl IntoView {
    let id = param("resource");
    let data = async move {
        let (viewer, org, project, resource) = at_resource(&id).await?;
        let may = org.may.manage_resource.is_none();
        let shown = async {
            let pulse = pulse_of(resource.id).await?;
            let tables = pulse.as_ref().and_then(|pulse| pulse.tables.clone());
            let survey = if may && pulse.is_some() { survey_of(resource.id, tables.as_deref()).await? } else { None };
            Ok((pulse, survey))
        };
        let shown = section(shown).await?;
        Ok((viewer, org, project, resource, shown))
    };
    load(data, |(viewer, org, project, resource, shown)| {
        let title = format!("Disable Pulse of {}?", resource.name);
        let bar = bar(&viewer, resource_crumbs(&org, &project, &resource));
        let tabs = resource_tabs(resource.id, At::Pulse);
        let (id, reason) = (resource.id, org.may.manage_resource);
        let steps = show("The settings", shown, move |(pulse, survey)| match (reason, pulse) {
            (Some(reason), _) => view! { <Notice>{reason}</Notice> }.into_any(),
            (None, None) => view! { <Notice>"Pulse is not enabled for this environment."</Notice> }.into_any(),
            (None, Some(pulse)) => {
                view! { <Card title="Step by step"><Steps resource=id pulse survey from=FROM_PAGE/></Card> }.into_any()
            }
        });
        view! {
            <Title text=title.clone()/>
            <ConsoleLayout bar tabs_label="Resource" tabs banner=banner() narrow=true>
                <PageHeader title/>
                {steps}
            </ConsoleLayout>
        }
    })
}
