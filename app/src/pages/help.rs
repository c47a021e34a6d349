//! Where to find help.

use crate::calls::identity::viewer;
use crate::kit::{Card, ConsoleLayout, DefinitionList, Fact, PageHeader};
use crate::pages::chrome::{banner, bar};
use crate::pages::load::load;
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn HelpPage() -> impl IntoView {
    load(async { viewer() }, |viewer| {
        view! {
            <Title text="Help"/>
            <ConsoleLayout bar=bar(&viewer, Vec::new()) banner=banner() narrow=true>
                <PageHeader title="Help" sentence="The words of this console, and how to move in it."/>
                <Card title="Words">
                    <DefinitionList>
                        <Fact term="Organization">"A team. Members and projects belong to it; Prisma's own tools call it a workspace."</Fact>
                        <Fact term="Project">"One application, with its resources and API keys."</Fact>
                        <Fact term="Environment">"A resource: your own database, by its connection string."</Fact>
                        <Fact term="API key">"Authenticates an application's data traffic. A project's key leads to its default resource, a resource's key to that one."</Fact>
                    </DefinitionList>
                </Card>
                <Card title="Keys of the keyboard">
                    <DefinitionList>
                        <Fact term="Ctrl K, \u{2318} K">"Search everything: projects, resources, pages and actions."</Fact>
                        <Fact term="Esc">"Close a dialog or a menu."</Fact>
                    </DefinitionList>
                </Card>
            </ConsoleLayout>
        }
    })
}
