use crate::calls::place::at_org;
use crate::kit::{ConsoleLayout, EmptyState, Glyph, PageHeader};
use crate::pages::chrome::{At, banner, bar, org_crumb, org_tabs};
use crate::pages::load::{load, param};
use leptos::prelude::*;
use leptos_meta::Title;

/// Usage is measured by the data plane; until that serves traffic here there is nothing to show, and the page says so.
#[component]
pub fn OrgUsagePage() -> impl IntoView {
    let id = param("org");
    load(async move { at_org(&id).await }, |(viewer, org)| {
        view! {
            <Title text=format!("Usage of {}", org.name)/>
            <ConsoleLayout bar=bar(&viewer, vec![org_crumb(&org)]) tabs_label="Organization" tabs=org_tabs(org.id, At::Usage) banner=banner()>
                <PageHeader title="Usage" sentence="Operations, response times and storage of this organization."/>
                <EmptyState
                    glyph=Glyph::Gauge
                    title="Nothing is metered yet"
                    sentence="This version of Pentaprism does not serve data traffic yet, so there are no operations to count. They will appear here with Accelerate and Pulse."
                />
            </ConsoleLayout>
        }
    })
}
