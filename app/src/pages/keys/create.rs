use super::Scope;
use crate::calls::keys::CreateKey;
use crate::calls::place::{at_project, at_resource};
use crate::kit::{
    Cancel, Card, Choice, ConsoleLayout, Dialog, DialogActions, Form, FormState, Glyph, HiddenField, Icon, Notice,
    PageHeader, SelectField, SubmitButton, TextArea, TextField,
};
use crate::pages::chrome::{At, banner, bar, project_crumbs, project_tabs, resource_crumbs, resource_tabs};
use crate::pages::load::{load, param};
use kernel::key::Rights;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

#[component]
pub fn NewKeyDialog(scope: Scope) -> impl IntoView {
    let title = if scope.resource.is_none() { "New API Key" } else { "Create API Key" };
    view! { <Dialog id="new-key" title form="keys/create"><NewKeyForm scope/></Dialog> }
}

#[component]
fn NewKeyForm(scope: Scope) -> impl IntoView {
    let rights = Rights::ALL.map(|rights| Choice::new(rights.as_str(), rights.label())).to_vec();
    let expiry = [("", "Never"), ("7", "In 7 days"), ("30", "In 30 days"), ("90", "In 90 days"), ("365", "In a year")];
    let expiry = expiry.map(|(value, label)| Choice::new(value, label)).to_vec();
    // What was chosen, and what is wrong with it, has to be in sight when the form comes back.
    let failed = FormState::of("keys/create".to_owned()).problem.is_some();
    view! {
        <Form id="keys/create" action=CreateKey::url()>
            <HiddenField name="project" value=scope.project.to_string()/>
            <HiddenField name="resource" value=scope.resource.map(|id| id.to_string()).unwrap_or_default()/>
            <TextField name="name" label="Name" placeholder="production" help="Where it will be used, such as production or staging-api." autofocus=true/>
            <details class="group" open=failed>
                <summary class="flex w-fit items-center gap-1 font-medium">
                    <Icon glyph=Glyph::ChevronRight class="group-open:rotate-90"/>
                    "Rights, expiry and addresses"
                </summary>
                <div class="form mt-3">
                    <SelectField name="rights" label="Rights" options=rights/>
                    <SelectField name="expires_in_days" label="Expires" options=expiry/>
                    <RangesField/>
                </div>
            </details>
            <DialogActions>
                <SubmitButton>{scope.create_verb()}</SubmitButton>
                <Cancel href=scope.list()/>
            </DialogActions>
        </Form>
    }
}

/// Address ranges, one a line.
#[component]
pub fn RangesField(#[prop(into, optional)] value: String) -> impl IntoView {
    view! {
        <TextArea
            name="allowed_ranges"
            label="Allowed addresses"
            value
            help="One address or range a line, such as 203.0.113.0/24. Empty means any."
            rows=3
            mono=true
            optional=true
        />
    }
}

#[component]
pub fn NewProjectKeyPage() -> impl IntoView {
    let id = param("project");
    load(async move { at_project(&id).await }, |(viewer, org, project)| {
        let scope = Scope { project: project.id, resource: None };
        view! {
            <Title text="New API Key"/>
            <ConsoleLayout bar=bar(&viewer, project_crumbs(&org, &project)) tabs_label="Project" tabs=project_tabs(project.id, At::Settings) banner=banner() narrow=true>
                <PageHeader title="New API Key" sentence=format!("A key of {}.", project.name)/>
                {form(scope, org.may.manage_keys)}
            </ConsoleLayout>
        }
    })
}

#[component]
pub fn NewResourceKeyPage() -> impl IntoView {
    let id = param("resource");
    load(async move { at_resource(&id).await }, |(viewer, org, project, resource)| {
        let scope = Scope { project: project.id, resource: Some(resource.id) };
        view! {
            <Title text="Create API Key"/>
            <ConsoleLayout
                bar=bar(&viewer, resource_crumbs(&org, &project, &resource))
                tabs_label="Resource"
                tabs=resource_tabs(resource.id, At::Keys)
                banner=banner()
                narrow=true
            >
                <PageHeader title="Create API Key" sentence=format!("A key of {}.", resource.name)/>
                {form(scope, org.may.manage_keys)}
            </ConsoleLayout>
        }
    })
}

fn form(scope: Scope, refusal: Option<String>) -> AnyView {
    match refusal {
        None => view! { <Card><NewKeyForm scope/></Card> }.into_any(),
        Some(reason) => view! { <Notice>{reason}</Notice> }.into_any(),
    }
}
