use super::delete::{DELETE_ORG, DeleteOrgFields};
use crate::calls::orgs::{DeleteOrg, RenameOrg};
use crate::calls::place::at_org;
use crate::kit::{
    ButtonKind, Card, ConfirmDialog, ConsoleLayout, CopyableId, DialogLink, Form, FormActions, HiddenField, Notice,
    PageHeader, SubmitButton, TextField, confirm_dialog_id,
};
use crate::model::place::OrgPlace;
use crate::pages::chrome::{At, banner, bar, org_crumb, org_tabs};
use crate::pages::load::{load, param};
use crate::paths;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

#[component]
fn Deletion(org: OrgPlace) -> impl IntoView {
    let action = match org.may.delete_org {
        None => view! {
            <DialogLink href=paths::delete_org(org.id) dialog=confirm_dialog_id(DELETE_ORG) kind=ButtonKind::Danger>"Delete organization"</DialogLink>
            <ConfirmDialog id=DELETE_ORG title=format!("Delete {}?", org.name) action=DeleteOrg::url() verb="Delete organization" back=paths::org_settings(org.id)>
                <DeleteOrgFields org=org.id name=org.name.clone()/>
            </ConfirmDialog>
        }
        .into_any(),
        Some(reason) => view! { <p class="text-muted">{reason}</p> }.into_any(),
    };
    view! {
        <Card title="Delete organization" sentence="Removes its projects, environments, stored connection strings and API keys. This cannot be undone." danger=true>{action}</Card>
    }
}

#[component]
pub fn OrgSettingsPage() -> impl IntoView {
    let id = param("org");
    load(async move { at_org(&id).await }, |(viewer, org)| {
        let title = format!("Settings of {}", org.name);
        let name = org.name.clone();
        let general = match org.may.manage_org.clone() {
            None => view! {
                <Form id="orgs/rename" action=RenameOrg::url()>
                    <HiddenField name="org" value=org.id.to_string()/>
                    <TextField name="name" label="Organization name" value=name/>
                    <FormActions><SubmitButton>"Update"</SubmitButton></FormActions>
                </Form>
            }
            .into_any(),
            Some(reason) => view! { <Notice>{reason}</Notice> }.into_any(),
        };
        view! {
            <Title text=title/>
            <ConsoleLayout bar=bar(&viewer, vec![org_crumb(&org)]) tabs_label="Organization" tabs=org_tabs(org.id, At::Settings) banner=banner() narrow=true>
                <PageHeader title="Settings" sentence="The organization's name and id."/>
                <Card title="General">{general}</Card>
                <Card title="Organization ID" sentence="Prisma's own tools call it the workspace id.">
                    <CopyableId text=org.id.to_string() name="Organization ID"/>
                </Card>
                <Deletion org/>
            </ConsoleLayout>
        }
    })
}
