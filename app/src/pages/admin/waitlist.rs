use super::{At, tabs};
use crate::calls::admin::{SetAccess, waitlist_rows};
use crate::calls::identity::viewer;
use crate::kit::{
    ActionsCell, ButtonKind, ButtonSize, Cell, Column, ConsoleLayout, EmptyState, Form, Glyph, HeadCell, HiddenField,
    PageHeader, Pagination, RelativeTime, Row, SubmitButton, Table,
};
use crate::model::admin::WaitlistRow;
use crate::pages::chrome::{banner, bar};
use crate::pages::load::{load, page_request, section, show};
use crate::paths;
use kernel::Access;
use kernel::page::Page;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// Organizations that ask for a product they have no access to.
#[component]
pub fn WaitlistPage() -> impl IntoView {
    let request = page_request();
    load(async move { Ok((viewer()?, section(waitlist_rows(request)).await?)) }, |(viewer, requests)| {
        view! {
            <Title text="Waitlist"/>
            <ConsoleLayout bar=bar(&viewer, Vec::new()) tabs_label="Administration" tabs=tabs(At::Waitlist) banner=banner()>
                <PageHeader title="Waitlist" sentence="Organizations that ask for a product. Granting access answers a request."/>
                {show("The requests", requests, |requests| view! { <Requests requests/> })}
            </ConsoleLayout>
        }
    })
}

#[component]
fn Requests(requests: Page<WaitlistRow>) -> impl IntoView {
    if requests.items.is_empty() {
        return view! { <EmptyState glyph=Glyph::Clock title="Nobody waits" sentence="Requests appear here when a product is off for an organization."/> }.into_any();
    }
    let (request, total) = (requests.request, requests.total);
    let columns = vec![
        Column::text("Organization"),
        Column::text("Product"),
        Column::text("Asked by"),
        Column::text("Asked"),
        Column::actions("Action"),
    ];
    let rows = requests.items.into_iter().map(row).collect_view();
    view! {
        <Table caption="Requests" columns>{rows}</Table>
        <Pagination request total noun="requests" href=|page| paths::with_query(paths::ADMIN_WAITLIST, "page", &page.to_string())/>
    }
    .into_any()
}

fn row(row: WaitlistRow) -> impl IntoView {
    let label = format!("Grant {} to {}", row.product.label(), row.org_name);
    view! {
        <Row>
            <HeadCell>{row.org_name}</HeadCell>
            <Cell>{row.product.label()}</Cell>
            <Cell>{row.requested_by.unwrap_or_else(|| "a former user".into())}</Cell>
            <Cell><RelativeTime at=row.at/></Cell>
            <ActionsCell>
                <Form id=format!("admin/set-access:{}:{}", row.org, row.product.as_str()) action=SetAccess::url() bare=true>
                    <HiddenField name="org" value=row.org.to_string()/>
                    <HiddenField name="product" value=row.product.as_str()/>
                    <HiddenField name="access" value=Access::On.as_str()/>
                    <SubmitButton kind=ButtonKind::Secondary size=ButtonSize::Small label>"Grant access"</SubmitButton>
                </Form>
            </ActionsCell>
        </Row>
    }
}
