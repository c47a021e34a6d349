use super::delete::{DELETE_RESOURCE, DeleteResourceFields};
use crate::calls::place::at_resource;
use crate::calls::resources::{ChangeConnection, DeleteResource, RenameResource};
use crate::kit::{
    ButtonKind, Card, ConfirmDialog, ConsoleLayout, DialogLink, Form, FormActions, HiddenField, Notice, PageHeader,
    SubmitButton, TextArea, TextField, confirm_dialog_id,
};
use crate::model::place::{OrgPlace, ResourcePlace};
use crate::pages::chrome::{At, banner, bar, resource_crumbs, resource_tabs};
use crate::pages::load::{load, param};
use crate::paths;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// The field for a database's connection string. A secret: it does not come back after a failure.
#[component]
pub fn ConnectionField(#[prop(optional)] optional: bool) -> impl IntoView {
    view! {
        <TextArea
            name="connection_string"
            label="Connection string"
            placeholder="postgres://user:password@host:5432/database"
            help="PostgreSQL. It is encrypted before it is stored and never shown again."
            rows=3
            mono=true
            secret=true
            optional
        />
    }
}

#[component]
pub fn ResourceSettingsPage() -> impl IntoView {
    let id = param("resource");
    load(async move { at_resource(&id).await }, |(viewer, org, project, resource)| {
        view! {
            <Title text=format!("Settings of {}", resource.name)/>
            <ConsoleLayout
                bar=bar(&viewer, resource_crumbs(&org, &project, &resource))
                tabs_label="Resource"
                tabs=resource_tabs(resource.id, At::Settings)
                banner=banner()
                narrow=true
            >
                <PageHeader title="Settings" sentence="The environment's name, its database, and its end."/>
                <General org=org.clone() resource=resource.clone()/>
                <Deletion org resource/>
            </ConsoleLayout>
        }
    })
}

#[component]
fn General(org: OrgPlace, resource: ResourcePlace) -> impl IntoView {
    if let Some(reason) = org.may.manage_resource {
        return view! { <Card title="General"><Notice>{reason}</Notice></Card> }.into_any();
    }
    let stored =
        resource.connection.map(|masked| view! { <p class="font-mono text-s text-muted break-all">{masked}</p> });
    view! {
        <Card title="General">
            <Form id="resources/rename" action=RenameResource::url()>
                <HiddenField name="resource" value=resource.id.to_string()/>
                <TextField name="name" label="Environment name" value=resource.name/>
                <FormActions><SubmitButton>"Update"</SubmitButton></FormActions>
            </Form>
        </Card>
        <Card title="Database" sentence="A new connection string replaces the stored one.">
            <Form id="resources/change-connection" action=ChangeConnection::url()>
                {stored}
                <HiddenField name="resource" value=resource.id.to_string()/>
                <ConnectionField/>
                <FormActions><SubmitButton>"Store connection string"</SubmitButton></FormActions>
            </Form>
        </Card>
    }
    .into_any()
}

#[component]
fn Deletion(org: OrgPlace, resource: ResourcePlace) -> impl IntoView {
    let action = match org.may.delete_resource {
        None => view! {
            <DialogLink href=paths::delete_resource(resource.id) dialog=confirm_dialog_id(DELETE_RESOURCE) kind=ButtonKind::Danger>"Delete environment"</DialogLink>
            <ConfirmDialog
                id=DELETE_RESOURCE
                title=format!("Delete {}?", resource.name)
                action=DeleteResource::url()
                verb="Delete environment"
                back=paths::resource_settings(resource.id)
            >
                <DeleteResourceFields resource=resource.clone()/>
            </ConfirmDialog>
        }
        .into_any(),
        Some(reason) => view! { <p class="text-muted">{reason}</p> }.into_any(),
    };
    view! {
        <Card title="Delete environment" sentence="Removes its stored connection string and its API keys. Your database itself is not touched." danger=true>{action}</Card>
    }
}
