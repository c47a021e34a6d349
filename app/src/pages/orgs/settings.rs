use crate::calls::orgs::RenameOrg;
use crate::calls::place::at_org;
use crate::kit::{Card, ConsoleLayout, CopyableId, Form, FormActions, HiddenField, Notice, PageHeader, SubmitButton, TextField};
use crate::pages::chrome::{At, banner, bar, org_crumb, org_tabs};
use crate::pages::load::{load, param};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

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
            </ConsoleLayout>
        }
    })
}
