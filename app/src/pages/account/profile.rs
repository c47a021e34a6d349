use crate::calls::identity::viewer;
use crate::kit::{Card, ConsoleLayout, DefinitionList, Fact, PageHeader};
use crate::pages::chrome::{At, account_tabs, banner, bar};
use crate::pages::load::load;
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn ProfilePage() -> impl IntoView {
    load(async { viewer() }, |viewer| {
        let role = if viewer.operator { "Operator of this server" } else { "User" };
        view! {
            <Title text="Account"/>
            <ConsoleLayout bar=bar(&viewer, Vec::new()) tabs_label="Account" tabs=account_tabs(At::Overview) banner=banner() narrow=true>
                <PageHeader title="Account" sentence="Who you are on this server."/>
                <Card title="Profile">
                    <DefinitionList>
                        <Fact term="Name">{viewer.name}</Fact>
                        <Fact term="Email">{viewer.email}</Fact>
                        <Fact term="Kind">{role}</Fact>
                    </DefinitionList>
                </Card>
            </ConsoleLayout>
        }
    })
}
