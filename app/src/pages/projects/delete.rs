use crate::calls::place::at_project;
use crate::calls::projects::DeleteProject;
use crate::kit::{Card, ConfirmForm, ConsoleLayout, HiddenField, Notice, PageHeader, TextField};
use crate::pages::chrome::{At, banner, bar, project_crumbs, project_tabs};
use crate::pages::load::{load, param};
use crate::paths;
use kernel::ProjectId;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// The id of the form, and of the dialog that holds it.
pub const DELETE_PROJECT: &str = "projects/delete";

/// What deleting means, and the name to type: in the dialog of the settings, and on the page behind it.
#[component]
pub fn DeleteProjectFields(project: ProjectId, #[prop(into)] name: String) -> impl IntoView {
    view! {
        <p>"This cannot be undone. The project's environments, their stored connection strings and all its API keys are removed, and applications that use these keys stop working at once."</p>
        <HiddenField name="project" value=project.to_string()/>
        <TextField name="confirmation" label=format!("Type \u{201c}{name}\u{201d} to confirm") autocomplete="off"/>
    }
}

#[component]
pub fn DeleteProjectPage() -> impl IntoView {
    let id = param("project");
    load(async move { at_project(&id).await }, |(viewer, org, project)| {
        let (name, shown) = (project.name.clone(), project.name.clone());
        let form = match org.may.delete_project.clone() {
            None => view! {
                <Card danger=true>
                    <ConfirmForm id=DELETE_PROJECT action=DeleteProject::url() verb="Delete project" back=paths::project_settings(project.id)>
                        <DeleteProjectFields project=project.id name=shown/>
                    </ConfirmForm>
                </Card>
            }
            .into_any(),
            Some(reason) => view! { <Notice>{reason}</Notice> }.into_any(),
        };
        view! {
            <Title text=format!("Delete {name}")/>
            <ConsoleLayout bar=bar(&viewer, project_crumbs(&org, &project)) tabs_label="Project" tabs=project_tabs(project.id, At::Settings) banner=banner() narrow=true>
                <PageHeader title=format!("Delete {name}?")/>
                {form}
            </ConsoleLayout>
        }
    })
}
