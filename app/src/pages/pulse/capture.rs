use super::prepare::NotLooked;
use crate::calls::pulse::{PausePulse, ResumePulse, SurveyOf};
use crate::kit::{
    ButtonKind, ButtonSize, Card, CodeBlock, DefinitionList, Fact, Form, Glyph, HiddenField, Notice, RelativeTime,
    StatusDot, SubmitButton, Tone,
};
use crate::model::pulse::{Capture, Pulse, Survey, bytes, count, gap_reason};
use kernel::ResourceId;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// That changes were missed, as long as Pulse is enabled: whoever keeps a copy has to read it anew.
#[component]
pub fn GapNotice(pulse: Pulse) -> impl IntoView {
    pulse.gap.map(|(at, reason)| {
        view! {
            <div class="mb-6">
                <Notice tone=Tone::Danger title="Changes were missed.">
                    <p><RelativeTime at/>": "{gap_reason(&reason)}" What was committed in between was told to nobody. Whoever keeps a copy of the data reads it anew."</p>
                </Notice>
            </div>
        }
    })
}

/// How capture goes, and the switch.
#[component]
pub fn CaptureCard(resource: ResourceId, pulse: Pulse, survey: SurveyOf, may: bool) -> impl IntoView {
    let found = survey.as_ref().and_then(|survey| survey.as_ref().ok());
    let state = Capture::of(&pulse, found);
    let switch = may.then(|| view! { <Switch resource is_paused=pulse.paused_at.is_some() from=""/> });
    let slot = found.and_then(|survey| survey.slot);
    let lag = slot.and_then(|slot| slot.lag).map(|lag| view! { <Fact term="Slot lag">{bytes(lag)}</Fact> });
    let held = slot.and_then(|slot| slot.held).map(|held| view! { <Fact term="WAL kept for it">{bytes(held)}</Fact> });
    let last = match pulse.last_event_at {
        Some(at) => view! { <RelativeTime at/> }.into_any(),
        None => view! { "None is kept" }.into_any(),
    };
    let node = pulse.node.clone().unwrap_or_else(|| "None".to_owned());
    let by_hand = found.filter(|_| state == Capture::NotSetUp).cloned().map(|survey| view! { <ByHand survey/> });
    let failed = survey.and_then(Result::err).map(|why| view! { <NotLooked resource why/> });
    let lost = slot.filter(|slot| slot.is_lost).map(|_| {
        view! { <div class="mt-4"><Notice tone=Tone::Danger>"The database has removed WAL that the replication slot needs. Capture begins anew behind a gap."</Notice></div> }
    });
    view! {
        <Card title="Capture" sentence="One server at a time reads the changes; another takes over when it ends.">
            <div class="mb-6 flex flex-wrap items-center justify-between gap-x-4 gap-y-3">
                <p class="min-w-0"><Stands pulse=pulse.clone() state/></p>
                {switch}
            </div>
            <DefinitionList>
                <Fact term="Server">{node}</Fact>
                <Fact term="Events in the last minute">{count(pulse.last_minute)}</Fact>
                <Fact term="Last event">{last}</Fact>
                {lag}
                {held}
            </DefinitionList>
            {lost}
            {failed}
            {by_hand}
        </Card>
    }
}

#[component]
pub fn Stands(pulse: Pulse, state: Capture) -> impl IntoView {
    let (tone, label) = match state {
        Capture::Running => (Tone::Ok, "Running"),
        Capture::Taken => (Tone::Neutral, "Captured by a server"),
        Capture::Starting => (Tone::Warn, "Starting"),
        Capture::NoServer => (Tone::Warn, "Waiting for a server"),
        Capture::NotSetUp => (Tone::Warn, "Waiting for publication and slot"),
        Capture::Cleaning => (Tone::Warn, "Removing what is left of an earlier time"),
        Capture::Paused => (Tone::Neutral, "Paused"),
    };
    let since = pulse.paused_at.map(|at| view! { <span class="text-muted">" since "<RelativeTime at/></span> });
    view! { <StatusDot tone label/>{since} }
}

/// Pauses, or resumes. `from` says where the visitor comes back to.
#[component]
pub fn Switch(resource: ResourceId, is_paused: bool, #[prop(into)] from: String) -> impl IntoView {
    let suffix = if from.is_empty() { String::new() } else { format!(":{from}") };
    let (id, action, verb, icon) = match is_paused {
        true => (format!("pulse/resume{suffix}"), ResumePulse::url(), "Resume", Glyph::Play),
        false => (format!("pulse/pause{suffix}"), PausePulse::url(), "Pause capture", Glyph::Pause),
    };
    view! {
        <Form id action bare=true>
            <HiddenField name="resource" value=resource.to_string()/>
            <HiddenField name="from" value=from/>
            <SubmitButton kind=ButtonKind::Secondary size=ButtonSize::Small icon>{verb}</SubmitButton>
        </Form>
    }
}

/// What people run where setup is theirs.
#[component]
fn ByHand(survey: Survey) -> impl IntoView {
    let publish = (!survey.is_published)
        .then(|| view! { <CodeBlock label="Make the publication" code=survey.statements.publish.clone()/> });
    let slot = survey
        .slot
        .is_none()
        .then(|| view! { <CodeBlock label="Make the replication slot" code=survey.statements.create_slot.clone()/> });
    view! {
        <div class="mt-6 grid gap-3">
            <p>"Run this in the database, the publication first. Capture begins by itself a few seconds later."</p>
            {publish}
            {slot}
        </div>
    }
}
