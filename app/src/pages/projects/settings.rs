use super::delete::{DELETE_PROJECT, DeleteProjectFields};
use crate::calls::place::at_project;
use crate::calls::projects::{DeleteProject, RenameProject, SetDefaultResource};
use crate::calls::resources::resource_rows;
use crate::kit::{
    ButtonKind, Card, Choice, ConfirmDialog, ConsoleLayout, CopyableId, DialogLink, Form, FormActions, HiddenField,
    Notice, PageHeader, SegmentedLinks, SelectField, SubmitButton, Tab, TextField, confirm_dialog_id,
};
use crate::model::place::{OrgPlace, ProjectPlace};
use crate::model::project::ResourceRow;
use crate::pages::chrome::{At, banner, bar, project_crumbs, project_tabs};
use crate::pages::load::{load, param, section, show};
use crate::paths;
use kernel::ProjectId;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// The two halves of a project's settings.
pub fn sections(project: ProjectId, keys: bool) -> impl IntoView {
    let tabs = vec![
        Tab::new("General", paths::project_settings(project), !keys),
        Tab::new("Project API keys", paths::project_keys(project), keys),
    ];
    view! { <SegmentedLinks label="Settings" tabs/> }
}

#[component]
pub fn ProjectSettingsPage() -> impl IntoView {
    let id = param("project");
    let data = async move {
        let (viewer, org, project) = at_project(&id).await?;
        let resources = section(resource_rows(project.id)).await?;
        Ok((viewer, org, project, resources))
    };
    load(data, |(viewer, org, project, resources)| {
        view! {
            <Title text=format!("Settings of {}", project.name)/>
            <ConsoleLayout bar=bar(&viewer, project_crumbs(&org, &project)) tabs_label="Project" tabs=project_tabs(project.id, At::Settings) banner=banner() narrow=true>
                <PageHeader title="Settings" sentence="The project's name, its keys, and its end."/>
                {sections(project.id, false)}
                <General org=org.clone() project=project.clone()/>
                {show("The resources", resources, |resources| view! { <DefaultResource org=org.clone() project=project.id resources/> })}
                <Deletion org project/>
            </ConsoleLayout>
        }
    })
}

#[component]
fn General(org: OrgPlace, project: ProjectPlace) -> impl IntoView {
    let form = match org.may.manage_project {
        None => view! {
            <Form id="projects/rename" action=RenameProject::url()>
                <HiddenField name="project" value=project.id.to_string()/>
                <TextField name="name" label="Project name" value=project.name/>
                <FormActions><SubmitButton>"Update"</SubmitButton></FormActions>
            </Form>
        }
        .into_any(),
        Some(reason) => view! { <Notice>{reason}</Notice> }.into_any(),
    };
    view! {
        <Card title="General">{form}</Card>
        <Card title="Project ID"><CopyableId text=project.id.to_string() name="Project ID"/></Card>
    }
}

/// Where the project's own keys lead.
#[component]
fn DefaultResource(org: OrgPlace, project: ProjectId, resources: Vec<ResourceRow>) -> impl IntoView {
    if resources.len() < 2 {
        return ().into_any();
    }
    let current = resources.iter().find(|resource| resource.is_default);
    let value = current.map(|resource| resource.id.to_string()).unwrap_or_default();
    let body = match org.may.manage_project {
        None => {
            let options =
                resources.iter().map(|resource| Choice::new(resource.id.to_string(), &resource.name)).collect();
            view! {
                <Form id="projects/set-default-resource" action=SetDefaultResource::url()>
                    <HiddenField name="project" value=project.to_string()/>
                    <SelectField name="resource" label="Default resource" options value/>
                    <FormActions><SubmitButton>"Update"</SubmitButton></FormActions>
                </Form>
            }
            .into_any()
        }
        Some(reason) => view! {
            <p>{current.map(|resource| resource.name.clone())}</p>
            <p class="text-muted">{reason}</p>
        }
        .into_any(),
    };
    view! { <Card title="Default resource" sentence="The project's own API keys lead there. A change counts for every key at once.">{body}</Card> }.into_any()
}

#[component]
fn Deletion(org: OrgPlace, project: ProjectPlace) -> impl IntoView {
    let action = match org.may.delete_project {
        None => view! {
            <DialogLink href=paths::delete_project(project.id) dialog=confirm_dialog_id(DELETE_PROJECT) kind=ButtonKind::Danger>"Delete project"</DialogLink>
            <ConfirmDialog
                id=DELETE_PROJECT
                title=format!("Delete {}?", project.name)
                action=DeleteProject::url()
                verb="Delete project"
                back=paths::project_settings(project.id)
            >
                <DeleteProjectFields project=project.id name=project.name.clone()/>
            </ConfirmDialog>
        }
        .into_any(),
        Some(reason) => view! { <p class="text-muted">{reason}</p> }.into_any(),
    };
    view! {
        <Card title="Delete project" sentence="Removes its environments, stored connection strings and API keys. This cannot be undone." danger=true>{action}</Card>
    }
}
