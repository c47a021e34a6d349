use crate::calls::place::at_project;
use crate::calls::resources::{CreateResource, resource_rows};
use crate::kit::{
    Cancel, Card, ConsoleLayout, DialogActions, Form, HiddenField, Notice, PageHeader, SubmitButton, TextField,
};
use crate::pages::chrome::{At, banner, bar, project_crumbs, project_tabs};
use crate::pages::load::{load, param};
use crate::pages::resources::settings::ConnectionField;
use crate::paths;
use kernel::ProjectId;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// Asks a new environment's name and connection string: in the dialog of the dashboard, and on the page behind it.
#[component]
pub fn NewResourceForm(
    project: ProjectId,
    /// The project's first resource is named `Production` unless told.
    first: bool,
) -> impl IntoView {
    let name = if first { "Production" } else { "" };
    view! {
        <Form id="resources/create" action=CreateResource::url()>
            <HiddenField name="project" value=project.to_string()/>
            <TextField name="name" label="Environment name" value=name placeholder="Staging" autofocus=true/>
            <ConnectionField optional=true/>
            <DialogActions>
                <SubmitButton>"Create environment"</SubmitButton>
                <Cancel href=paths::project(project)/>
            </DialogActions>
        </Form>
    }
}

#[component]
pub fn NewResourcePage() -> impl IntoView {
    let id = param("project");
    let data = async move {
        let (viewer, org, project) = at_project(&id).await?;
        let first = resource_rows(project.id).await?.is_empty();
        Ok((viewer, org, project, first))
    };
    load(data, |(viewer, org, project, first)| {
        let form = match org.may.manage_resource.clone() {
            None => view! { <Card><NewResourceForm project=project.id first/></Card> }.into_any(),
            Some(reason) => view! { <Notice>{reason}</Notice> }.into_any(),
        };
        view! {
            <Title text="Create environment"/>
            <ConsoleLayout bar=bar(&viewer, project_crumbs(&org, &project)) tabs_label="Project" tabs=project_tabs(project.id, At::Overview) banner=banner() narrow=true>
                <PageHeader title="Create environment" sentence="Your own database, by its connection string."/>
                {form}
            </ConsoleLayout>
        }
    })
}
