use super::Scope;
use crate::calls::keys::{RotateKey, at_key};
use crate::kit::{
    Cancel, Card, Choice, ConsoleLayout, DialogActions, Form, HiddenField, Notice, PageHeader, RadioGroup, SubmitButton,
};
use crate::pages::chrome::{At, banner, bar, project_crumbs, project_tabs};
use crate::pages::load::{load, param, query};
use crate::paths;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// Asks how long the old key goes on working beside the new one.
#[component]
pub fn RotateKeyPage() -> impl IntoView {
    let (id, from) = (param("key"), query("from"));
    load(async move { at_key(&id).await }, move |(viewer, org, project, key)| {
        let scope = Scope::seen_from(project.id, &key, &from);
        let from = scope.from(&key);
        let overlaps = [("0", "It stops at once"), ("1h", "For 1 hour"), ("24h", "For 24 hours"), ("7d", "For 7 days")];
        let options = overlaps.map(|(value, label)| Choice::new(value, label)).to_vec();
        let form = match org.may.manage_keys.clone() {
            None => view! {
                <Card>
                    <Form id="keys/rotate" action=RotateKey::url()>
                        <p>"A new key of the same name, scope and rights takes the place of this one. It is shown once."</p>
                        <HiddenField name="key" value=key.id.to_string()/>
                        <HiddenField name="from" value=from/>
                        <RadioGroup name="overlap" label="How long the old key goes on working" options value="24h"/>
                        <DialogActions>
                            <SubmitButton>"Rotate API key"</SubmitButton>
                            <Cancel href=paths::seen_from(paths::key(key.id), from)/>
                        </DialogActions>
                    </Form>
                </Card>
            }
            .into_any(),
            Some(reason) => view! { <Notice>{reason}</Notice> }.into_any(),
        };
        view! {
            <Title text=format!("Rotate {}", key.name)/>
            <ConsoleLayout bar=bar(&viewer, project_crumbs(&org, &project)) tabs_label="Project" tabs=project_tabs(project.id, At::Settings) banner=banner() narrow=true>
                <PageHeader title=format!("Rotate {}", key.name)/>
                {form}
            </ConsoleLayout>
        }
    })
}
