use super::Scope;
use super::remove::{RemoveKeyFields, remove_form};
use crate::calls::keys::RemoveKey;
use crate::kit::{
    ActionsCell, Badge, ButtonLink, Cell, Column, ConfirmDialog, DialogIconLink, EmptyState, Glyph, HeadCell,
    IconButton, MonoCell, Pagination, RelativeTime, Row, SearchField, StatusDot, Table, Tone, confirm_dialog_id,
};
use crate::model::key::{KeyRow, KeyState};
use crate::pages::load::{by_name, by_time, list_url};
use crate::paths;
use kernel::key::Rights;
use kernel::page::{Page, Sort};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The keys of a project or of a resource, with what can be done to each.
#[component]
pub fn KeyTable(
    scope: Scope,
    keys: Page<KeyRow>,
    /// What they were searched for.
    search: String,
    /// Why the viewer may not change them.
    reason: Option<String>,
) -> impl IntoView {
    let field = (keys.total > 10 || !search.is_empty())
        .then(|| view! { <SearchField action=scope.list() label="Search API keys" value=search.clone()/> });
    if keys.items.is_empty() && !search.is_empty() {
        return view! {
            {field}
            <EmptyState glyph=Glyph::Search title="Nothing matches" sentence=format!("No API key's name contains \u{201c}{search}\u{201d}.")>
                <ButtonLink href=scope.list()>"Show all API keys"</ButtonLink>
            </EmptyState>
        }
        .into_any();
    }
    if keys.items.is_empty() {
        let sentence = reason.unwrap_or_else(|| "Create one and give it to your application.".to_owned());
        return view! { <EmptyState glyph=Glyph::KeyRound title="No API keys yet" sentence/> }.into_any();
    }
    let may = reason.is_none();
    let (request, total) = (keys.request, keys.total);
    let dialogs = keys.items.iter().filter(|_| may).map(|key| dialog(scope, key)).collect_view();
    let rows = keys.items.into_iter().map(|key| row(scope, key, may)).collect_view();
    let url = move |sort: Sort, page: u32| list_url(&scope.list(), &search, sort, page);
    let mut columns = vec![by_name(request.sort, &url), Column::text("Key")];
    if scope.resource.is_none() {
        columns.push(Column::text("Scope"));
    }
    columns.extend([Column::text("Status"), Column::text("Last used"), by_time("Created", request.sort, &url)]);
    if may {
        columns.push(Column::actions("Action"));
    }
    view! {
        {field}
        <Table caption="API keys" columns>{rows}</Table>
        <Pagination request total noun="API keys" href=move |page| url(request.sort, page)/>
        {dialogs}
        {reason.map(|reason| view! { <p class="mt-3 text-muted">{reason}</p> })}
    }
    .into_any()
}

fn row(scope: Scope, key: KeyRow, may: bool) -> impl IntoView {
    let (shortened, from) = (key.shortened(), scope.from(&key));
    let (tone, status) = state(&key);
    let reach = scope.resource.is_none().then(|| {
        let reach = key.resource.as_ref().map_or_else(|| "Project".to_owned(), |(_, name)| name.clone());
        view! { <Cell>{reach}</Cell> }
    });
    let used = key.last_used_at.map_or_else(
        || view! { <span class="text-muted">"Never"</span> }.into_any(),
        |at| view! { <RelativeTime at/> }.into_any(),
    );
    let name = key.name.clone();
    let (may_rotate, rotate) = (key.state == KeyState::Active && !key.rotated, format!("Rotate {name}"));
    let actions = may.then(|| {
        let form = remove_form(key.id);
        view! {
            <ActionsCell>
                {may_rotate.then(|| view! { <IconButton glyph=Glyph::RefreshCw label=rotate href=paths::seen_from(paths::rotate_key(key.id), from)/> })}
                <DialogIconLink
                    href=paths::seen_from(paths::remove_key(key.id), from)
                    dialog=confirm_dialog_id(&form)
                    glyph=Glyph::Trash2
                    label=if scope.resource.is_none() { format!("Remove API key {name}") } else { format!("Delete API key {name}") }
                    danger=true
                />
            </ActionsCell>
        }
    });
    let read_only = (key.rights == Rights::ReadOnly).then(|| view! { " "<Badge>"Read only"</Badge> });
    view! {
        <Row quiet={key.state != KeyState::Active}>
            <HeadCell href=paths::seen_from(paths::key(key.id), from)>{key.name.clone()}{read_only}</HeadCell>
            <MonoCell>{shortened}</MonoCell>
            {reach}
            <Cell><StatusDot tone label=status/></Cell>
            <Cell>{used}</Cell>
            <Cell><RelativeTime at=key.created_at/></Cell>
            {actions}
        </Row>
    }
}

fn dialog(scope: Scope, key: &KeyRow) -> impl IntoView + use<> {
    let key = key.clone();
    view! {
        <ConfirmDialog
            id=remove_form(key.id)
            title=scope.remove_question(&key.name)
            action=RemoveKey::url()
            verb=scope.remove_verb()
            back=scope.list()
        >
            <RemoveKeyFields key_row=key.clone() scope/>
        </ConfirmDialog>
    }
}

/// How a key's state looks.
pub fn state(key: &KeyRow) -> (Tone, &'static str) {
    match key.state {
        KeyState::Active if key.rotated => (Tone::Warn, "Rotated"),
        KeyState::Active => (Tone::Ok, "Active"),
        KeyState::Disabled => (Tone::Warn, "Disabled"),
        KeyState::Expired => (Tone::Neutral, "Expired"),
    }
}
