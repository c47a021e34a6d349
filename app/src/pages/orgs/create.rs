use crate::calls::identity::viewer;
use crate::calls::orgs::CreateOrg;
use crate::kit::{Card, ConsoleLayout, Form, FormActions, PageHeader, SubmitButton, TextField};
use crate::pages::chrome::{banner, bar};
use crate::pages::load::load;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

#[component]
pub fn NewOrgPage() -> impl IntoView {
    load(async { viewer() }, |viewer| {
        view! {
            <Title text="Create organization"/>
            <ConsoleLayout bar=bar(&viewer, Vec::new()) banner=banner() narrow=true>
                <PageHeader title="Create organization" sentence="Members, projects and usage belong to an organization. You will be its owner."/>
                <Card>
                    <Form id="orgs/create" action=CreateOrg::url()>
                        <TextField name="name" label="Organization name" autocomplete="organization" autofocus=true help="Your company or team. It can be changed later."/>
                        <FormActions><SubmitButton>"Create organization"</SubmitButton></FormActions>
                    </Form>
                </Card>
            </ConsoleLayout>
        }
    })
}
