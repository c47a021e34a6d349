use super::{At, tabs};
use crate::calls::admin::{SetAccess, org_rows};
use crate::calls::identity::viewer;
use crate::kit::{
    ButtonKind, ButtonLink, ButtonSize, Cell, Choice, Column, ConsoleLayout, EmptyState, Form, Glyph, HeadCell,
    HiddenField, NumberCell, PageHeader, Pagination, RelativeTime, Row, SearchField, SelectField, SubmitButton, Table,
};
use crate::model::admin::OrgRow;
use crate::pages::chrome::{banner, bar};
use crate::pages::load::{by_name, by_time, list_url, load, page_request, query, section, show};
use crate::paths;
use kernel::page::{Page, Sort};
use kernel::{Access, OrgId, Product};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// All organizations, and what each may use.
#[component]
pub fn AdminOrgsPage() -> impl IntoView {
    let (search, request) = (query("q"), page_request());
    let asked = search.clone();
    let data = async move { Ok((viewer()?, section(org_rows(&search, request)).await?)) };
    load(data, move |(viewer, orgs)| {
        view! {
            <Title text="Organizations"/>
            <ConsoleLayout bar=bar(&viewer, Vec::new()) tabs_label="Administration" tabs=tabs(At::Orgs) banner=banner()>
                <PageHeader title="Organizations" sentence="Every organization of this server, and the products it may use."/>
                <SearchField action=paths::ADMIN_ORGS label="Search organizations" value=asked.clone()/>
                {show("The organizations", orgs, |orgs| view! { <Orgs orgs search=asked/> })}
            </ConsoleLayout>
        }
    })
}

#[component]
fn Orgs(orgs: Page<OrgRow>, search: String) -> impl IntoView {
    if orgs.items.is_empty() {
        return view! {
            <EmptyState glyph=Glyph::Building2 title="No organizations" sentence="Nobody has created one that matches."><ButtonLink href=paths::ADMIN_ORGS>"Show all"</ButtonLink></EmptyState>
        }
        .into_any();
    }
    let (request, total) = (orgs.request, orgs.total);
    let rows = orgs.items.into_iter().map(row).collect_view();
    let url = move |sort: Sort, page: u32| list_url(paths::ADMIN_ORGS, &search, sort, page);
    let columns = vec![
        by_name(request.sort, &url),
        Column::number("Members"),
        Column::number("Projects"),
        Column::text("Accelerate"),
        Column::text("Pulse"),
        by_time("Created", request.sort, &url),
    ];
    view! {
        <Table caption="Organizations" columns>{rows}</Table>
        <Pagination request total noun="organizations" href=move |page| url(request.sort, page)/>
    }
    .into_any()
}

fn row(org: OrgRow) -> impl IntoView {
    let [name, accelerate, pulse] = std::array::from_fn(|_| org.name.clone());
    view! {
        <Row>
            <HeadCell href=paths::admin_org(org.id) note=org.id.to_string()>{name}</HeadCell>
            <NumberCell>{org.members}</NumberCell>
            <NumberCell>{org.projects}</NumberCell>
            <Cell><AccessForm org=org.id name=accelerate product=Product::Accelerate access=org.accelerate/></Cell>
            <Cell><AccessForm org=org.id name=pulse product=Product::Pulse access=org.pulse/></Cell>
            <Cell><RelativeTime at=org.created_at/></Cell>
        </Row>
    }
}

#[component]
fn AccessForm(org: OrgId, name: String, product: Product, access: Access) -> impl IntoView {
    let options = Access::ALL.map(|access| Choice::new(access.as_str(), access.label())).to_vec();
    view! {
        <Form id=format!("admin/set-access:{org}:{}", product.as_str()) action=SetAccess::url() bare=true class="flex items-center gap-2">
            <HiddenField name="org" value=org.to_string()/>
            <HiddenField name="product" value=product.as_str()/>
            <SelectField name="access" label=format!("{} of {name}", product.label()) hide_label=true options value=access.as_str()/>
            <SubmitButton kind=ButtonKind::Ghost size=ButtonSize::Small label=format!("Set {} of {name}", product.label())>"Set"</SubmitButton>
        </Form>
    }
}
