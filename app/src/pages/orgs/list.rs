use crate::calls::identity::viewer;
use crate::calls::orgs::org_siblings;
use crate::kit::{ButtonKind, ButtonLink, Column, ConsoleLayout, EmptyState, Glyph, HeadCell, PageHeader, Row, Table};
use crate::pages::chrome::{banner, bar};
use crate::pages::load::load;
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn OrgsPage() -> impl IntoView {
    load(async { Ok((viewer()?, org_siblings().await?)) }, |(viewer, orgs)| {
        let list = if orgs.is_empty() {
            view! {
                <EmptyState glyph=Glyph::Building2 title="No organization yet" sentence="Create one, or ask an admin of an organization to invite you.">
                    <ButtonLink href=paths::NEW_ORG kind=ButtonKind::Primary icon=Glyph::Plus>"Create organization"</ButtonLink>
                </EmptyState>
            }
            .into_any()
        } else {
            let rows = orgs
                .into_iter()
                .map(|org| view! { <Row><HeadCell href=paths::org(org.id)>{org.name}</HeadCell></Row> })
                .collect_view();
            view! { <Table caption="Your organizations" columns=vec![Column::text("Name")]>{rows}</Table> }.into_any()
        };
        view! {
            <Title text="Organizations"/>
            <ConsoleLayout bar=bar(&viewer, Vec::new()) banner=banner()>
                <PageHeader title="Organizations" sentence="The organizations that you are a member of.">
                    <ButtonLink href=paths::NEW_ORG icon=Glyph::Plus>"Create organization"</ButtonLink>
                </PageHeader>
                {list}
            </ConsoleLayout>
        }
    })
}
