use super::{At, tabs};
use crate::calls::admin::{take_reset_link, user_rows};
use crate::calls::identity::viewer;
use crate::kit::{
    Badge, ButtonKind, ButtonLink, Cell, Column, ConsoleLayout, Dialog, EmptyState, Glyph, HeadCell, NumberCell,
    PageHeader, Pagination, RelativeTime, Row, SearchField, SecretBox, StoredButton, Table, Tone,
};
use crate::model::admin::UserRow;
use crate::pages::chrome::{banner, bar};
use crate::pages::load::{by_name, by_time, list_url, load, page_request, query, section, show};
use crate::paths;
use kernel::page::{Page, Sort};
use leptos::prelude::*;
use leptos_meta::Title;

/// All accounts of the server.
#[component]
pub fn AdminUsersPage() -> impl IntoView {
    let (search, link, request) = (query("q"), query("link"), page_request());
    let asked = search.clone();
    let data =
        async move { Ok((viewer()?, section(user_rows(&search, request)).await?, take_reset_link(&link).await?)) };
    load(data, move |(viewer, users, link)| {
        view! {
            <Title text="Users"/>
            <ConsoleLayout bar=bar(&viewer, Vec::new()) tabs_label="Administration" tabs=tabs(At::Users) banner=banner()>
                <PageHeader title="Users" sentence="Every account of this server.">
                    <ButtonLink href=paths::ADMIN_NEW_USER kind=ButtonKind::Primary icon=Glyph::UserPlus>"Create user"</ButtonLink>
                </PageHeader>
                <SearchField action=paths::ADMIN label="Search users" value=asked.clone()/>
                {show("The users", users, |users| view! { <Users users search=asked/> })}
                {link.map(|link| view! { <ResetLink link/> })}
            </ConsoleLayout>
        }
    })
}

#[component]
fn Users(users: Page<UserRow>, search: String) -> impl IntoView {
    if users.items.is_empty() {
        return view! {
            <EmptyState glyph=Glyph::Users title="Nobody matches" sentence="Search by name or address."><ButtonLink href=paths::ADMIN>"Show all users"</ButtonLink></EmptyState>
        }
        .into_any();
    }
    let (request, total) = (users.request, users.total);
    let rows = users.items.into_iter().map(row).collect_view();
    let url = move |sort: Sort, page: u32| list_url(paths::ADMIN, &search, sort, page);
    let columns = vec![
        by_name(request.sort, &url),
        Column::number("Organizations"),
        Column::text("Second factor"),
        Column::text("Last seen"),
        by_time("Created", request.sort, &url),
    ];
    view! {
        <Table caption="Users" columns>{rows}</Table>
        <Pagination request total noun="users" href=move |page| url(request.sort, page)/>
    }
    .into_any()
}

fn row(user: UserRow) -> impl IntoView {
    let seen = user.last_seen_at.map_or_else(
        || view! { <span class="text-muted">"Never"</span> }.into_any(),
        |at| view! { <RelativeTime at/> }.into_any(),
    );
    view! {
        <Row>
            <HeadCell href=paths::admin_user(user.id) note=user.email>
                {user.name}
                {user.operator.then(|| view! { " "<Badge tone=Tone::Accent>"Operator"</Badge> })}
                {user.pending.then(|| view! { " "<Badge tone=Tone::Warn>"Not verified"</Badge> })}
            </HeadCell>
            <NumberCell>{user.orgs}</NumberCell>
            <Cell>{if user.second_factor { "On" } else { "Off" }}</Cell>
            <Cell>{seen}</Cell>
            <Cell><RelativeTime at=user.created_at/></Cell>
        </Row>
    }
}

#[component]
fn ResetLink(link: String) -> impl IntoView {
    view! {
        <Dialog id="reset-link" title="Reset link" open=true kept=true>
            <div class="form">
                <p>"Whoever opens it chooses a new password for the account. It works once, for an hour."</p>
                <SecretBox id="new-reset-link" name="reset link" secret=link/>
                <div class="dialog-actions"><StoredButton href=paths::ADMIN>"Done"</StoredButton></div>
            </div>
        </Dialog>
    }
}
