use super::Scope;
use super::remove::{RemoveKeyFields, remove_form};
use crate::calls::keys::RemoveKey;
use crate::kit::{
    ActionsCell, Badge, Cell, Column, ConfirmDialog, DialogIconLink, EmptyState, Glyph, HeadCell, IconButton, MonoCell,
    Pagination, RelativeTime, Row, StatusDot, Table, Tone, confirm_dialog_id,
};
use crate::model::key::{KeyRow, KeyState};
use crate::pages::load::{list_url, sorted_column};
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
    /// Why the viewer may not change them.
    reason: Option<String>,
) -> impl IntoView {
    if keys.items.is_empty() {
        let sentence = reason.unwrap_or_else(|| "Create one and give it to your application.".to_owned());
        return view! { <EmptyState glyph=Glyph::KeyRound title="No API keys yet" sentence/> }.into_any();
    }
    let may = reason.is_none();
    let (request, total) = (keys.request, keys.total);
    let dialogs = keys.items.iter().filter(|_| may).map(|key| dialog(scope, key)).collect_view();
    let rows = keys.items.into_iter().map(|key| row(scope, key, may)).collect_view();
    let url = move |sort: Sort, page: u32| list_url(&scope.list(), "", sort, page);
    let sorted = |label, by| sorted_column(Column::text(label), by, request.sort, |sort| url(sort, 1));
    let mut columns = vec![sorted("Name", [Sort::Name, Sort::NameDescending]), Column::text("Key")];
    if scope.resource.is_none() {
        columns.push(Column::text("Scope"));
    }
    columns.extend([
        Column::text("Status"),
        Column::text("Last used"),
        sorted("Created", [Sort::Oldest, Sort::Newest]),
    ]);
    if may {
        columns.push(Column::actions("Action"));
    }
    view! {
        <Table caption="API keys" columns>{rows}</Table>
        <Pagination request total noun="API keys" href=move |page| url(request.sort, page)/>
        {dialogs}
        {reason.map(|reason| view! { <p class="mt-3 text-muted">{reason}</p> })}
    }
    .into_any()
}

fn row(scope: Scope, key: KeyRow, may: bool) -> impl IntoView {
    let shortened = key.shortened();
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
                {may_rotate.then(|| view! { <IconButton glyph=Glyph::RefreshCw label=rotate href=paths::rotate_key(key.id)/> })}
                <DialogIconLink
                    href=paths::remove_key(key.id)
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
            <HeadCell href=paths::key(key.id)>{key.name.clone()}{read_only}</HeadCell>
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
            back=paths::key(key.id)
        >
            <RemoveKeyFields key_row=key.clone()/>
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
