use super::Scope;
use crate::calls::keys::{RemoveKey, key_row};
use crate::calls::place::at_project;
use crate::kit::{Card, ConfirmForm, ConsoleLayout, HiddenField, Notice, PageHeader, RelativeTime, Tone};
use crate::model::key::KeyRow;
use crate::pages::chrome::{At, banner, bar, project_crumbs, project_tabs};
use crate::pages::load::{load, param};
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
pub fn RemoveKeyFields(key_row: KeyRow) -> impl IntoView {
    let warning = key_row.last_used_at.filter(|_| key_row.in_use).map(|at| {
        view! { <Notice tone=Tone::Warn title="This key is in use.">"It was last used "<RelativeTime at/>"."</Notice> }
    });
    view! {
        <p>"This cannot be undone. Applications that use this key stop working at once."</p>
        {warning}
        <HiddenField name="key" value=key_row.id.to_string()/>
    }
}

#[component]
pub fn RemoveKeyPage() -> impl IntoView {
    let id = param("key");
    let data = async move {
        let (key, project) = key_row(&id).await?;
        let (viewer, org, project) = at_project(&project.to_string()).await?;
        Ok((viewer, org, project, key))
    };
    load(data, |(viewer, org, project, key)| {
        let scope = Scope { project: project.id, resource: key.resource.as_ref().map(|(id, _)| *id) };
        let question = scope.remove_question(&key.name);
        let form = match org.may.manage_keys.clone() {
            None => view! {
                <Card danger=true>
                    <ConfirmForm id=remove_form(key.id) action=RemoveKey::url() verb=scope.remove_verb() back=paths::key(key.id)>
                        <RemoveKeyFields key_row=key.clone()/>
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
