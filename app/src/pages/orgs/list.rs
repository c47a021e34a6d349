use crate::calls::identity::viewer;
use crate::calls::orgs::own_orgs;
use crate::kit::{
    ButtonKind, ButtonLink, Cell, Column, ConsoleLayout, EmptyState, Glyph, HeadCell, PageHeader, RelativeTime, Row,
    Table,
};
use crate::pages::chrome::{banner, bar};
use crate::pages::load::load;
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn OrgsPage() -> impl IntoView {
    load(async { Ok((viewer()?, own_orgs().await?)) }, |(viewer, orgs)| {
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
                .map(|org| {
                    view! {
                        <Row>
                            <HeadCell href=paths::org(org.id)>{org.name}</HeadCell>
                            <Cell>{org.role.label()}</Cell>
                            <Cell><RelativeTime at=org.created_at/></Cell>
                        </Row>
                    }
                })
                .collect_view();
            let columns = vec![Column::text("Name"), Column::text("Your role"), Column::text("Created")];
            view! { <Table caption="Your organizations" columns>{rows}</Table> }.into_any()
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
