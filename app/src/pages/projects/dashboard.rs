use crate::calls::keys::key_rows;
use crate::calls::place::at_project;
use crate::calls::resources::resource_rows;
use crate::kit::{
    Badge, ButtonKind, ButtonLink, ButtonSize, Card, Cell, CodeBlock, Column, ConsoleLayout, Dialog, DialogLink,
    EmptyState, Glyph, HeadCell, MonoCell, NumberCell, PageHeader, RelativeTime, Row, Section, Table, Tone,
};
use crate::model::place::{OrgPlace, ProjectPlace};
use crate::model::project::ResourceRow;
use crate::pages::accelerate::CLIENT_7;
use crate::pages::chrome::{At, banner, bar, project_crumbs, project_tabs};
use crate::pages::load::{load, param, section, show};
use crate::pages::resources::NewResourceForm;
use crate::paths;
use kernel::Access;
use kernel::page::PageRequest;
use leptos::prelude::*;
use leptos_meta::Title;

/// A project's dashboard: how to get started, and its resources.
#[component]
pub fn ProjectPage() -> impl IntoView {
    let id = param("project");
    let data = async move {
        let (viewer, org, project) = at_project(&id).await?;
        let keys = key_rows(project.id, None, "", PageRequest::new(1));
        let (resources, keys) = tokio::try_join!(section(resource_rows(project.id)), section(keys))?;
        Ok((viewer, org, project, resources, keys))
    };
    load(data, |(viewer, org, project, resources, keys)| {
        let manage_keys = keys.is_ok_and(|keys| keys.total > 0).then(|| view! { <ButtonLink href=paths::project_keys(project.id) icon=Glyph::KeyRound>"Manage API keys"</ButtonLink> });
        let first = resources.as_ref().is_ok_and(Vec::is_empty);
        let dialog = org.may.manage_resource.is_none().then(|| {
            view! { <Dialog id="new-resource" title="Create environment" form="resources/create"><NewResourceForm project=project.id first/></Dialog> }
        });
        view! {
            <Title text=project.name.clone()/>
            <ConsoleLayout bar=bar(&viewer, project_crumbs(&org, &project)) tabs_label="Project" tabs=project_tabs(project.id, At::Overview) banner=banner()>
                <PageHeader title=project.name.clone() sentence="The environments of this application and the keys that reach them.">{manage_keys}</PageHeader>
                <GetStarted org=org.clone() project=project.clone()/>
                {show("The resources", resources, |resources| view! { <Resources org project resources/> })}
                {dialog}
            </ConsoleLayout>
        }
    })
}

#[component]
fn GetStarted(org: OrgPlace, project: ProjectPlace) -> impl IntoView {
    let link = |access: Access, ready: &'static str, href: String| {
        let text = if access == Access::Off { "Join the waitlist" } else { ready };
        view! { <ButtonLink href kind=ButtonKind::Secondary size=ButtonSize::Small>{text}</ButtonLink> }
    };
    view! {
        <Section title="Get Started">
            <div class="grid gap-4 lg:grid-cols-2">
                <Card title="Accelerate" sentence="A connection pool and a query cache in front of your database.">
                    {link(org.accelerate, "Configure Accelerate", paths::project_accelerate(project.id))}
                </Card>
                <Card title="Pulse" sentence="A stream of the changes in your database, typed by your schema.">
                    {link(org.pulse, "Enable Pulse", paths::project_pulse(project.id))}
                </Card>
            </div>
            <p class="mt-4 mb-2 max-w-[72ch] text-muted">"This is how your application reaches Accelerate, once it is configured."</p>
            <CodeBlock label="client.ts" code=CLIENT_7/>
        </Section>
    }
}

#[component]
fn Resources(org: OrgPlace, project: ProjectPlace, resources: Vec<ResourceRow>) -> impl IntoView {
    let create = move |kind: ButtonKind| {
        match org.may.manage_resource.clone() {
        None => view! { <DialogLink href=paths::new_resource(project.id) dialog="new-resource" kind icon=Glyph::Plus>"Create environment"</DialogLink> }.into_any(),
        Some(reason) => view! { <p class="text-muted">{reason}</p> }.into_any(),
    }
    };
    if resources.is_empty() {
        return view! {
            <Section title="Resources">
                <EmptyState glyph=Glyph::Database title="No environments yet" sentence="An environment is your own database, by its connection string.">
                    {create(ButtonKind::Primary)}
                </EmptyState>
            </Section>
        }
        .into_any();
    }
    let rows = resources.into_iter().map(row).collect_view();
    let columns =
        vec![Column::text("Name"), Column::text("Connection"), Column::number("API keys"), Column::text("Created")];
    view! {
        <Section title="Resources" sentence="The default one is where the project's own keys lead." action=create(ButtonKind::Secondary)>
            <Table caption="Resources of this project" columns>{rows}</Table>
        </Section>
    }
    .into_any()
}

fn row(resource: ResourceRow) -> impl IntoView {
    let connection = resource.connection.map_or_else(
        || view! { <Cell><span class="text-muted">"None yet"</span></Cell> }.into_any(),
        |masked| view! { <MonoCell>{masked}</MonoCell> }.into_any(),
    );
    view! {
        <Row>
            <HeadCell href=paths::resource(resource.id)>{resource.name}{resource.is_default.then(|| view! { " "<Badge tone=Tone::Accent>"Default"</Badge> })}</HeadCell>
            {connection}
            <NumberCell>{resource.keys}</NumberCell>
            <Cell><RelativeTime at=resource.created_at/></Cell>
        </Row>
    }
}
