use crate::calls::pulse::{CHOSEN, EnablePulse, SurveyOf};
use crate::kit::{
    Card, Checkbox, Choice, CodeBlock, Form, FormActions, HiddenField, RadioGroup, SubmitButton, TextField,
};
use crate::model::pulse::{Survey, TableName};
use crate::pages::resources::ConnectionField;
use kernel::ResourceId;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Tables that a form lists; whoever has more chooses all of them, or is helped by a database user that sees fewer.
const LISTED: usize = 300;

/// Turns Pulse on. The stored connection string is offered, masked; another one replaces it.
#[component]
pub fn EnableForm(resource: ResourceId, stored: String, survey: SurveyOf) -> impl IntoView {
    let survey = survey.and_then(Result::ok);
    let tables = survey.as_ref().map(|survey| survey.tables.clone()).unwrap_or_default();
    let by_hand = survey.map(|survey| view! { <ByHand survey/> });
    view! {
        <Card title="Enable Pulse" sentence="The database is looked at once more. Then a publication and a replication slot are made in it.">
            <Form id="pulse/enable" action=EnablePulse::url() class="max-w-[480px]">
                <HiddenField name="resource" value=resource.to_string()/>
                <p>"Leave the field empty to use the stored connection string:"</p>
                <p class="font-mono text-s text-muted break-all">{stored}</p>
                <ConnectionField optional=true/>
                <Tables tables/>
                <Checkbox name="automatic" label="Automatic setup for replication" checked=true help="Makes the publication and the replication slot. Without it you run the statements yourself, and capture waits for them."/>
                {by_hand}
                <Checkbox name="persistence" label="Event persistence" checked=true help="Named streams go on where they were acknowledged. Without it subscribers hear what happens while they listen."/>
                <TextField name="retention_hours" label="Retention in hours" value="72" inputmode="numeric" help="How long an event waits for a stream that has not acknowledged it: 1 to 720."/>
                <FormActions><SubmitButton>"Enable Pulse"</SubmitButton></FormActions>
            </Form>
        </Card>
    }
}

#[component]
fn Tables(tables: Vec<TableName>) -> impl IntoView {
    let all = Choice::new("all", "All tables").help("Those to come as well. Only a superuser can publish them so.");
    if tables.is_empty() {
        let options = vec![all];
        return view! { <RadioGroup name="which" label="Tables" options value="all"/> }.into_any();
    }
    let options = vec![all, Choice::new(CHOSEN, "Chosen tables")];
    let more = tables.len().saturating_sub(LISTED);
    let boxes = tables
        .into_iter()
        .take(LISTED)
        .enumerate()
        .map(|(index, table)| {
            let value = serde_json::to_string(&table).unwrap_or_default();
            let (schema, name) = table;
            view! { <Checkbox name=format!("tables[{index}]") label=format!("{schema}.{name}") value/> }
        })
        .collect_view();
    let more = (more > 0).then(|| view! { <p class="text-muted">{format!("{more} more tables are not listed.")}</p> });
    view! {
        <div class="choose grid gap-2">
            <RadioGroup name="which" label="Tables" options value="all"/>
            <fieldset class="chosen">
                <legend class="sr-only">"Chosen tables"</legend>
                {boxes}
                {more}
            </fieldset>
        </div>
    }
    .into_any()
}

#[component]
fn ByHand(survey: Survey) -> impl IntoView {
    let code = format!("{}\n{}", survey.statements.publish, survey.statements.create_slot);
    view! {
        <details class="by-hand">
            <summary>"Show the statements"</summary>
            <CodeBlock label="Setup by hand" code/>
        </details>
    }
}
