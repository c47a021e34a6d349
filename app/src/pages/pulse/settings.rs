use crate::calls::pulse::ChangePulseSettings;
use crate::kit::{
    Card, Checkbox, DefinitionList, Fact, Form, FormActions, HiddenField, RelativeTime, SubmitButton, TextField,
};
use crate::model::pulse::{Pulse, TableName};
use kernel::ResourceId;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Tables that are named; more are counted.
const NAMED: usize = 8;

/// What is published, and how long events are kept.
#[component]
pub fn Settings(resource: ResourceId, pulse: Pulse, reason: Option<String>) -> impl IntoView {
    let form = match reason {
        Some(reason) => view! { <p class="mt-6 text-muted">{reason}</p> }.into_any(),
        None => view! {
            <Form id="pulse/change-settings" action=ChangePulseSettings::url() class="mt-6 max-w-[480px]">
                <HiddenField name="resource" value=resource.to_string()/>
                <TextField name="retention_hours" label="Retention in hours" value=pulse.retention_hours.to_string() inputmode="numeric" help="How long an event waits for a stream that has not acknowledged it: 1 to 720."/>
                <Checkbox name="persistence" label="Event persistence" checked=pulse.persistence help="Without it there are no named streams, and events are kept for a minute."/>
                <FormActions><SubmitButton>"Update"</SubmitButton></FormActions>
            </Form>
        }
        .into_any(),
    };
    let setup = if pulse.automatic { "Automatic" } else { "By hand" };
    view! {
        <Card title="Settings" sentence="To publish other tables, disable Pulse and enable it anew.">
            <DefinitionList>
                <Fact term="Tables">{named(pulse.tables.as_deref())}</Fact>
                <Fact term="Setup for replication">{setup}</Fact>
                <Fact term="Enabled"><RelativeTime at=pulse.enabled_at/></Fact>
            </DefinitionList>
            {form}
        </Card>
    }
}

fn named(tables: Option<&[TableName]>) -> String {
    let Some(tables) = tables else { return "All".to_owned() };
    let names: Vec<_> = tables.iter().take(NAMED).map(|(schema, name)| format!("{schema}.{name}")).collect();
    match tables.len().saturating_sub(NAMED) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}
