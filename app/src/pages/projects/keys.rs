use super::settings::sections;
use crate::calls::keys::{key_rows, take_new_key};
use crate::calls::place::at_project;
use crate::kit::{ButtonKind, ConsoleLayout, DialogLink, Glyph, PageHeader};
use crate::pages::chrome::{At, banner, bar, project_crumbs, project_tabs};
use crate::pages::keys::{KeyTable, NewKeyDialog, NewKeyShown, Scope};
use crate::pages::load::{load, page_request, param, query, section, show};
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;

/// Settings > Project API keys: all keys of the project, its own and its resources'.
#[component]
pub fn ProjectKeysPage() -> impl IntoView {
    let (id, created, search, request) = (param("project"), query("created"), query("q"), page_request());
    let asked = search.clone();
    let data = async move {
        let (viewer, org, project) = at_project(&id).await?;
        let keys = section(key_rows(project.id, None, &search, request));
        let (keys, new) = tokio::try_join!(keys, take_new_key(&created))?;
        Ok((viewer, org, project, keys, new))
    };
    load(data, move |(viewer, org, project, keys, new)| {
        let scope = Scope { project: project.id, resource: None };
        let reason = org.may.manage_keys.clone();
        let create = reason.is_none().then(|| {
            view! { <DialogLink href=paths::new_project_key(project.id) dialog="new-key" kind=ButtonKind::Primary icon=Glyph::Plus>"New API Key"</DialogLink> }
        });
        let dialog = reason.is_none().then(|| view! { <NewKeyDialog scope/> });
        view! {
            <Title text=format!("API keys of {}", project.name)/>
            <ConsoleLayout bar=bar(&viewer, project_crumbs(&org, &project)) tabs_label="Project" tabs=project_tabs(project.id, At::Settings) banner=banner()>
                <PageHeader title="Project API keys" sentence="They authenticate your application. A project's key leads to its default resource.">{create}</PageHeader>
                {sections(project.id, true)}
                {show("The API keys", keys, |keys| view! { <KeyTable scope keys search=asked reason/> })}
                {dialog}
                {new.map(|new| view! { <NewKeyShown scope new/> })}
            </ConsoleLayout>
        }
    })
}
