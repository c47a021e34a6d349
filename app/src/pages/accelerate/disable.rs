use crate::calls::accelerate::DisableAccelerate;
use crate::calls::place::at_resource;
use crate::kit::{
    ButtonKind, Card, ConfirmDialog, ConfirmForm, ConsoleLayout, DialogLink, HiddenField, Notice, PageHeader,
    confirm_dialog_id,
};
use crate::model::place::ResourcePlace;
use crate::pages::chrome::{At, banner, bar, resource_crumbs, resource_tabs};
use crate::pages::load::{load, param};
use crate::paths;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

const DISABLE: &str = "accelerate/disable";

/// The button, and the dialog that asks.
#[component]
pub fn DisableLink(resource: ResourcePlace) -> impl IntoView {
    let title = format!("Disable Accelerate of {}?", resource.name);
    view! {
        <DialogLink href=paths::disable_accelerate(resource.id) dialog=confirm_dialog_id(DISABLE) kind=ButtonKind::Danger>"Disable Accelerate"</DialogLink>
        <ConfirmDialog id=DISABLE title action=DisableAccelerate::url() verb="Disable Accelerate" back=paths::resource_accelerate(resource.id)>
            <Consequence resource/>
        </ConfirmDialog>
    }
}

#[component]
fn Consequence(resource: ResourcePlace) -> impl IntoView {
    view! {
        <p>"Queries of applications that use it fail within a second. The connection string and the API keys stay; the settings are forgotten."</p>
        <HiddenField name="resource" value=resource.id.to_string()/>
    }
}

#[component]
pub fn DisableAcceleratePage() -> impl IntoView {
    let id = param("resource");
    load(async move { at_resource(&id).await }, |(viewer, org, project, resource)| {
        let title = format!("Disable Accelerate of {}?", resource.name);
        let back = paths::resource_accelerate(resource.id);
        let bar = bar(&viewer, resource_crumbs(&org, &project, &resource));
        let tabs = resource_tabs(resource.id, At::Accelerate);
        let form = match org.may.manage_resource {
            None => view! {
                <Card danger=true>
                    <ConfirmForm id=DISABLE action=DisableAccelerate::url() verb="Disable Accelerate" back><Consequence resource/></ConfirmForm>
                </Card>
            }
            .into_any(),
            Some(reason) => view! { <Notice>{reason}</Notice> }.into_any(),
        };
        view! {
            <Title text=title.clone()/>
            <ConsoleLayout bar tabs_label="Resource" tabs banner=banner() narrow=true>
                <PageHeader title/>
                {form}
            </ConsoleLayout>
        }
    })
}
