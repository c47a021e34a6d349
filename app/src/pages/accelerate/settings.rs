use crate::calls::accelerate::{ChangeAccelerateSettings, PurgeAccelerateCache};
use crate::kit::{
    ButtonKind, Card, Checkbox, DefinitionList, Fact, Form, FormActions, HiddenField, RelativeTime, SubmitButton,
    TextField,
};
use crate::model::accelerate::Accelerate;
use crate::model::place::{OrgPlace, ResourcePlace};
use crate::model::plan::OwnPlan;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// What the resource may use.
#[component]
pub fn Settings(org: OrgPlace, resource: ResourcePlace, accelerate: Accelerate, plan: OwnPlan) -> impl IntoView {
    let id = resource.id;
    let form = match org.may.manage_resource {
        Some(reason) => view! { <p class="mt-6 text-muted">{reason}</p> }.into_any(),
        None => {
            let text = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
            view! {
                <Form id="accelerate/change-settings" action=ChangeAccelerateSettings::url() class="mt-6 max-w-[480px]">
                    <HiddenField name="resource" value=id.to_string()/>
                    <TextField name="connections" label="Connection pool size" value=text(accelerate.connections) placeholder="10" help="Connections to the database. Keys that only read get as many again." optional=true/>
                    <TextField name="query_timeout_ms" label="Query timeout in ms" value=text(accelerate.query_timeout_ms) placeholder="10000" optional=true/>
                    <TextField name="transaction_timeout_ms" label="Transaction timeout in ms" value=text(accelerate.transaction_timeout_ms) placeholder="15000" optional=true/>
                    <TextField name="response_bytes" label="Response size in bytes" value=text(accelerate.response_bytes) placeholder="5242880" optional=true/>
                    <Checkbox name="cache" label="Keep answers of queries that ask for it" checked=accelerate.cache/>
                    <FormActions><SubmitButton>"Update"</SubmitButton></FormActions>
                </Form>
                <Form id="accelerate/purge" action=PurgeAccelerateCache::url() bare=true class="mt-6">
                    <HiddenField name="resource" value=id.to_string()/>
                    <SubmitButton kind=ButtonKind::Secondary>"Purge cache"</SubmitButton>
                </Form>
            }
            .into_any()
        }
    };
    view! {
        <Card title="Settings" sentence="An empty field has its default.">
            <DefinitionList>
                <Fact term="Region">{accelerate.region}</Fact>
                <Fact term="Plan">{plan.line()}</Fact>
                <Fact term="Configured"><RelativeTime at=accelerate.configured_at/></Fact>
            </DefinitionList>
            {form}
        </Card>
    }
}
