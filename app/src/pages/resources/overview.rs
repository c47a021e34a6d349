use crate::calls::place::at_resource;
use crate::calls::resources::TestConnection;
use crate::kit::{
    Badge, ButtonKind, ButtonLink, Card, ConsoleLayout, CopyableId, DefinitionList, Fact, Form, FormFailure, Glyph,
    HiddenField, PageHeader, RelativeTime, SubmitButton, Tone,
};
use crate::model::place::{OrgPlace, ResourcePlace};
use crate::pages::chrome::{At, banner, bar, resource_crumbs, resource_tabs};
use crate::pages::load::{load, param};
use crate::paths;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

#[component]
pub fn ResourcePage() -> impl IntoView {
    let id = param("resource");
    load(async move { at_resource(&id).await }, |(viewer, org, project, resource)| {
        let badge = resource.is_default.then(|| view! { <Badge tone=Tone::Accent>"Default"</Badge> }).into_any();
        let created_at = resource.created_at;
        view! {
            <Title text=resource.name.clone()/>
            <ConsoleLayout
                bar=bar(&viewer, resource_crumbs(&org, &project, &resource))
                tabs_label="Resource"
                tabs=resource_tabs(resource.id, At::Overview)
                banner=banner()
            >
                <PageHeader title=resource.name.clone() sentence=format!("An environment of {}.", project.name) aside=badge>
                    <ButtonLink href=paths::resource_keys(resource.id) icon=Glyph::KeyRound>"API keys"</ButtonLink>
                </PageHeader>
                <Database org resource=resource.clone()/>
                <Card title="About">
                    <DefinitionList>
                        <Fact term="Resource ID"><CopyableId text=resource.id.to_string() name="Resource ID"/></Fact>
                        <Fact term="API keys">{resource.keys}</Fact>
                        <Fact term="Created"><RelativeTime at=created_at/></Fact>
                    </DefinitionList>
                </Card>
            </ConsoleLayout>
        }
    })
}

#[component]
fn Database(org: OrgPlace, resource: ResourcePlace) -> impl IntoView {
    const TEST: &str = "resources/test-connection";
    let refusal = org.may.manage_resource;
    let body = match (resource.connection, refusal) {
        (None, None) => view! {
            <p class="mb-4 text-muted">"No connection string is stored yet."</p>
            <ButtonLink href=paths::resource_settings(resource.id) kind=ButtonKind::Primary>"Add a connection string"</ButtonLink>
        }
        .into_any(),
        (None, Some(_)) => view! { <p class="text-muted">"No connection string is stored yet."</p> }.into_any(),
        (Some(masked), refusal) => {
            let test = match refusal {
                None => view! {
                    <Form id=TEST action=TestConnection::url() bare=true class="mt-4">
                        <HiddenField name="resource" value=resource.id.to_string()/>
                        <SubmitButton kind=ButtonKind::Secondary icon=Glyph::Plug>"Test connection"</SubmitButton>
                    </Form>
                }
                .into_any(),
                Some(reason) => view! { <p class="mt-4 text-muted">{reason}</p> }.into_any(),
            };
            view! {
                <FormFailure form=TEST/>
                <DefinitionList><Fact term="Connection string"><code class="font-mono text-s break-all">{masked}</code></Fact></DefinitionList>
                {test}
            }
            .into_any()
        }
    };
    view! { <Card title="Database" sentence="Stored encrypted; shown without its password.">{body}</Card> }
}
