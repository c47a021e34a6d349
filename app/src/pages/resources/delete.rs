use crate::calls::place::at_resource;
use crate::calls::resources::DeleteResource;
use crate::kit::{Card, Choice, ConfirmForm, ConsoleLayout, HiddenField, Notice, PageHeader, SelectField, TextField};
use crate::model::place::ResourcePlace;
use crate::pages::chrome::{At, banner, bar, resource_crumbs, resource_tabs};
use crate::pages::load::{load, param};
use crate::paths;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// The id of the form, and of the dialog that holds it.
pub const DELETE_RESOURCE: &str = "resources/delete";

/// What deleting means, the name to type, and the next default where the default goes.
#[component]
pub fn DeleteResourceFields(resource: ResourcePlace) -> impl IntoView {
    let others: Vec<Choice> = resource
        .siblings
        .iter()
        .filter(|other| other.id != resource.id)
        .map(|other| Choice::new(other.id.to_string(), &other.name))
        .collect();
    let successor = (resource.is_default && !others.is_empty()).then(|| {
        let options = std::iter::once(Choice::new("", "Choose\u{2026}")).chain(others).collect::<Vec<_>>();
        view! { <SelectField name="successor" label="New default" help="The project's own keys lead there from now on." options/> }
    });
    let disabled = (resource.is_default && successor.is_none()).then(|| {
        view! { <p>"It is the only environment, so the API keys of the project itself are disabled. Enable them when there is another one for them to reach."</p> }
    });
    view! {
        <p>"This cannot be undone. The stored connection string and the API keys of this environment are removed, and applications that use these keys stop working at once. Your database itself is not touched."</p>
        <HiddenField name="resource" value=resource.id.to_string()/>
        {disabled}
        {successor}
        <TextField name="confirmation" label=format!("Type \u{201c}{}\u{201d} to confirm", resource.name) autocomplete="off"/>
    }
}

#[component]
pub fn DeleteResourcePage() -> impl IntoView {
    let id = param("resource");
    load(async move { at_resource(&id).await }, |(viewer, org, project, resource)| {
        let (name, deleted) = (resource.name.clone(), resource.clone());
        let form = match org.may.delete_resource.clone() {
            None => view! {
                <Card danger=true>
                    <ConfirmForm id=DELETE_RESOURCE action=DeleteResource::url() verb="Delete environment" back=paths::resource_settings(resource.id)>
                        <DeleteResourceFields resource=deleted/>
                    </ConfirmForm>
                </Card>
            }
            .into_any(),
            Some(reason) => view! { <Notice>{reason}</Notice> }.into_any(),
        };
        view! {
            <Title text=format!("Delete {name}")/>
            <ConsoleLayout
                bar=bar(&viewer, resource_crumbs(&org, &project, &resource))
                tabs_label="Resource"
                tabs=resource_tabs(resource.id, At::Settings)
                banner=banner()
                narrow=true
            >
                <PageHeader title=format!("Delete {name}?")/>
                {form}
            </ConsoleLayout>
        }
    })
}
