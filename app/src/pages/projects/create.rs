use crate::calls::place::at_org;
use crate::calls::projects::CreateProject;
use crate::kit::{
    Cancel, Card, ConsoleLayout, DialogActions, Form, HiddenField, Notice, PageHeader, SubmitButton, TextField,
};
use crate::pages::chrome::{At, banner, bar, org_crumb, org_tabs};
use crate::pages::load::{load, param};
use crate::paths;
use kernel::OrgId;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// Asks a new project's name: in the dialog of the overview, and on the page behind it.
#[component]
pub fn NewProjectForm(org: OrgId) -> impl IntoView {
    view! {
        <Form id="projects/create" action=CreateProject::url()>
            <HiddenField name="org" value=org.to_string()/>
            <TextField name="name" label="Project name" autofocus=true placeholder="my-app"/>
            <DialogActions>
                <SubmitButton>"Create project"</SubmitButton>
                <Cancel href=paths::org(org)/>
            </DialogActions>
        </Form>
    }
}

#[component]
pub fn NewProjectPage() -> impl IntoView {
    let id = param("org");
    load(async move { at_org(&id).await }, |(viewer, org)| {
        let form = match org.may.create_project.clone() {
            None => view! { <Card><NewProjectForm org=org.id/></Card> }.into_any(),
            Some(reason) => view! { <Notice>{reason}</Notice> }.into_any(),
        };
        view! {
            <Title text="Create project"/>
            <ConsoleLayout bar=bar(&viewer, vec![org_crumb(&org)]) tabs_label="Organization" tabs=org_tabs(org.id, At::Overview) banner=banner() narrow=true>
                <PageHeader title="Create project" sentence="One project for each application."/>
                {form}
            </ConsoleLayout>
        }
    })
}
