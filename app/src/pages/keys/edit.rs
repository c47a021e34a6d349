use super::Scope;
use super::create::RangesField;
use super::table::state;
use crate::calls::keys::{EditKey, SetKeyEnabled, at_key};
use crate::kit::{
    ButtonKind, ButtonLink, ButtonRow, Card, Choice, ConsoleLayout, CopyableId, DateOnly, DefinitionList, Fact, Form,
    FormActions, Glyph, HiddenField, Notice, PageHeader, RelativeTime, SelectField, StatusDot, SubmitButton, TextField,
};
use crate::model::key::{KeyRow, KeyState};
use crate::pages::chrome::{At, banner, bar, project_crumbs, project_tabs};
use crate::pages::load::{load, param, query};
use crate::paths;
use kernel::key::Rights;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// One key: what it may do, who made it, when it was used.
#[component]
pub fn KeyPage() -> impl IntoView {
    let (id, from) = (param("key"), query("from"));
    load(async move { at_key(&id).await }, move |(viewer, org, project, key)| {
        let scope = Scope::seen_from(project.id, &key, &from);
        let (tone, label) = state(&key);
        let aside = view! { <StatusDot tone label/> }.into_any();
        let form = match org.may.manage_keys.clone() {
            None => view! { <Edit key_row=key.clone() scope/> }.into_any(),
            Some(reason) => view! { <Notice>{reason}</Notice> }.into_any(),
        };
        view! {
            <Title text=format!("API key {}", key.name)/>
            <ConsoleLayout bar=bar(&viewer, project_crumbs(&org, &project)) tabs_label="Project" tabs=project_tabs(project.id, At::Settings) banner=banner() narrow=true>
                <PageHeader title=key.name.clone() sentence=key.shortened() aside>
                    <ButtonLink href=scope.list() icon=Glyph::ArrowLeft>"All API keys"</ButtonLink>
                </PageHeader>
                <About key_row=key/>
                {form}
            </ConsoleLayout>
        }
    })
}

#[component]
fn About(key_row: KeyRow) -> impl IntoView {
    let used = match (key_row.last_used_at, key_row.last_used_from) {
        (Some(at), Some(from)) => {
            view! { <RelativeTime at/>" from "<code class="font-mono text-s">{from}</code> }.into_any()
        }
        (Some(at), None) => view! { <RelativeTime at/> }.into_any(),
        (None, _) => "Never".into_any(),
    };
    let expires = key_row.expires_at.map_or_else(|| "Never".into_any(), |at| view! { <DateOnly at/> }.into_any());
    let scope = key_row.resource.map_or_else(|| "The project's default resource".to_owned(), |(_, name)| name);
    view! {
        <Card title="About">
            <DefinitionList>
                <Fact term="Scope">{scope}</Fact>
                <Fact term="Created"><RelativeTime at=key_row.created_at/>{key_row.created_by.map(|name| format!(" by {name}"))}</Fact>
                <Fact term="Last used">{used}</Fact>
                <Fact term="Expires">{expires}</Fact>
                <Fact term="Key ID"><CopyableId text=key_row.id.to_string() name="Key ID"/></Fact>
            </DefinitionList>
        </Card>
    }
}

#[component]
fn Edit(key_row: KeyRow, scope: Scope) -> impl IntoView {
    let (id, from) = (key_row.id.to_string(), scope.from(&key_row));
    let verb = scope.remove_verb();
    let rights = Rights::ALL.map(|rights| Choice::new(rights.as_str(), rights.label())).to_vec();
    let toggle = match key_row.state {
        KeyState::Expired => None,
        KeyState::Active => Some(("false", "Disable", Glyph::Pause)),
        KeyState::Disabled => Some(("true", "Enable", Glyph::Play)),
    };
    let toggle = toggle.map(|(enabled, verb, icon)| {
        let id = id.clone();
        view! {
            <Form id="keys/set-enabled" action=SetKeyEnabled::url() bare=true>
                <HiddenField name="key" value=id.clone()/>
                <HiddenField name="enabled" value=enabled/>
                <HiddenField name="from" value=from/>
                <SubmitButton kind=ButtonKind::Secondary icon>{verb}</SubmitButton>
            </Form>
        }
    });
    let rotate = (key_row.state == KeyState::Active && !key_row.rotated)
        .then(|| view! { <ButtonLink href=paths::seen_from(paths::rotate_key(key_row.id), from) icon=Glyph::RefreshCw>"Rotate"</ButtonLink> });
    view! {
        <Card title="What it may do">
            <Form id="keys/edit" action=EditKey::url()>
                <HiddenField name="key" value=id.clone()/>
                <HiddenField name="from" value=from/>
                <TextField name="name" label="Name" value=key_row.name.clone()/>
                <SelectField name="rights" label="Rights" options=rights value=key_row.rights.as_str()/>
                <RangesField value=key_row.allowed_ranges.join("\n")/>
                <FormActions><SubmitButton>"Update"</SubmitButton></FormActions>
            </Form>
        </Card>
        <Card title="Replace or stop" sentence="Disabling can be undone; removing cannot." danger=true>
            <ButtonRow>
                {rotate}
                {toggle}
                <ButtonLink href=paths::seen_from(paths::remove_key(key_row.id), from) kind=ButtonKind::Danger icon=Glyph::Trash2>{verb}</ButtonLink>
            </ButtonRow>
        </Card>
    }
}
