use super::Scope;
use crate::calls::keys::{RemoveKey, at_key};
use crate::kit::{Card, ConfirmForm, ConsoleLayout, HiddenField, Notice, PageHeader, RelativeTime, Tone};
use crate::model::key::KeyRow;
use crate::pages::chrome::{At, banner, bar, project_crumbs, project_tabs};
use crate::pages::load::{load, param, query};
use crate::paths;
use kernel::KeyId;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// The id of the form that removes this key.
pub fn remove_form(key: KeyId) -> String {
    format!("keys/remove:{key}")
}

/// What removing means; and a warning when somebody would notice.
#[component]
pub fn RemoveKeyFields(key_row: KeyRow, scope: Scope) -> impl IntoView {
    let warning = key_row.last_used_at.filter(|_| key_row.in_use).map(|at| {
        view! { <Notice tone=Tone::Warn title="This key is in use.">"It was last used "<RelativeTime at/>"."</Notice> }
    });
    let from = scope.from(&key_row);
    view! {
        <p>"This cannot be undone. Applications that use this key stop working at once."</p>
        {warning}
        <HiddenField name="key" value=key_row.id.to_string()/>
        <HiddenField name="from" value=from/>
    }
}

#[component]
pub fn RemoveKeyPage() -> impl IntoView {
    let (id, from) = (param("key"), query("from"));
    load(async move { at_key(&id).await }, move |(viewer, org, project, key)| {
        let scope = Scope::seen_from(project.id, &key, &from);
        let question = scope.remove_question(&key.name);
        let form = match org.may.manage_keys.clone() {
            None => view! {
                <Card danger=true>
                    <ConfirmForm id=remove_form(key.id) action=RemoveKey::url() verb=scope.remove_verb() back=paths::seen_from(paths::key(key.id), scope.from(&key))>
                        <RemoveKeyFields key_row=key.clone() scope/>
                    </ConfirmForm>
                </Card>
            }
            .into_any(),
            Some(reason) => view! { <Notice>{reason}</Notice> }.into_any(),
        };
        view! {
            <Title text=question.trim_end_matches('?').to_owned()/>
            <ConsoleLayout bar=bar(&viewer, project_crumbs(&org, &project)) tabs_label="Project" tabs=project_tabs(project.id, At::Settings) banner=banner() narrow=true>
                <PageHeader title=question.clone()/>
                {form}
            </ConsoleLayout>
        }
    })
}
