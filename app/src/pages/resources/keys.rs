use crate::calls::keys::{key_rows, take_new_key};
use crate::calls::place::at_resource;
use crate::kit::{ButtonKind, ConsoleLayout, DialogLink, Glyph, PageHeader};
use crate::pages::chrome::{At, banner, bar, resource_crumbs, resource_tabs};
use crate::pages::keys::{KeyTable, NewKeyDialog, NewKeyShown, Scope};
use crate::pages::load::{load, page_request, param, query, section, show};
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;

/// The API keys of one resource.
#[component]
pub fn ResourceKeysPage() -> impl IntoView {
    let (id, created, search, request) = (param("resource"), query("created"), query("q"), page_request());
    let asked = search.clone();
    let data = async move {
        let (viewer, org, project, resource) = at_resource(&id).await?;
        let keys = section(key_rows(project.id, Some(resource.id), &search, request));
        let (keys, new) = tokio::try_join!(keys, take_new_key(&created))?;
        Ok((viewer, org, project, resource, keys, new))
    };
    load(data, move |(viewer, org, project, resource, keys, new)| {
        let scope = Scope { project: project.id, resource: Some(resource.id) };
        let reason = org.may.manage_keys.clone();
        let create = reason.is_none().then(|| {
            view! { <DialogLink href=paths::new_resource_key(resource.id) dialog="new-key" kind=ButtonKind::Primary icon=Glyph::Plus>"Create API Key"</DialogLink> }
        });
        let dialog = reason.is_none().then(|| view! { <NewKeyDialog scope/> });
        view! {
            <Title text=format!("API keys of {}", resource.name)/>
            <ConsoleLayout
                bar=bar(&viewer, resource_crumbs(&org, &project, &resource))
                tabs_label="Resource"
                tabs=resource_tabs(resource.id, At::Keys)
                banner=banner()
            >
                <PageHeader title="API keys" sentence="They reach this environment and no other.">{create}</PageHeader>
                {show("The API keys", keys, |keys| view! { <KeyTable scope keys search=asked reason/> })}
                {dialog}
                {new.map(|new| view! { <NewKeyShown scope new/> })}
            </ConsoleLayout>
        }
    })
}
