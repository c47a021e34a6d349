use crate::calls::orgs::{JoinWaitlist as JoinWaitlistCall, waits_for};
use crate::calls::place::at_resource;
use crate::kit::{ConsoleLayout, EmptyState, Form, Glyph, HiddenField, PageHeader, SubmitButton};
use crate::model::place::OrgPlace;
use crate::pages::chrome::{At, banner, bar, resource_crumbs, resource_tabs};
use crate::pages::load::{load, param, section, show};
use kernel::{Access, Product};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// What a product is for, in one sentence.
pub const fn product_sentence(product: Product) -> &'static str {
    match product {
        Product::Accelerate => "A connection pool and a query cache in front of your database.",
        Product::Pulse => "A stream of the changes in your database, typed by your schema.",
    }
}

/// Where a product stands. Its form comes with the product itself; until then the page says so.
#[component]
pub fn ProductState(product: Product, org: OrgPlace, waits: Vec<Product>) -> impl IntoView {
    let access = access(&org, product);
    let glyph = match product {
        Product::Accelerate => Glyph::Zap,
        Product::Pulse => Glyph::Activity,
    };
    let (title, sentence) = match access {
        Access::Off => (
            format!("{} is off for this organization", product.label()),
            "An operator of this server decides who gets it.",
        ),
        Access::On | Access::EarlyAccess => (
            format!("{} is not part of this version yet", product.label()),
            "Environments and API keys that you create now will work with it.",
        ),
    };
    let action = (access == Access::Off).then(|| view! { <JoinWaitlist product org waits/> });
    view! { <EmptyState glyph title sentence>{action}</EmptyState> }
}

/// The organization's access to a product.
pub const fn access(org: &OrgPlace, product: Product) -> Access {
    match product {
        Product::Accelerate => org.accelerate,
        Product::Pulse => org.pulse,
    }
}

#[component]
fn JoinWaitlist(product: Product, org: OrgPlace, waits: Vec<Product>) -> impl IntoView {
    if waits.contains(&product) {
        return view! { <p class="text-muted">"Your organization is on the waitlist."</p> }.into_any();
    }
    match org.may.join_waitlist {
        Some(reason) => view! { <p class="text-muted">{reason}</p> }.into_any(),
        None => view! {
            <Form id="orgs/join-waitlist" action=JoinWaitlistCall::url() bare=true>
                <HiddenField name="org" value=org.id.to_string()/>
                <HiddenField name="product" value=product.as_str()/>
                <SubmitButton>"Join the waitlist"</SubmitButton>
            </Form>
        }
        .into_any(),
    }
}

#[component]
pub fn ResourceAcceleratePage() -> impl IntoView {
    view! { <ProductPage product=Product::Accelerate at=At::Accelerate/> }
}

#[component]
pub fn ResourcePulsePage() -> impl IntoView {
    view! { <ProductPage product=Product::Pulse at=At::Pulse/> }
}

#[component]
fn ProductPage(product: Product, at: At) -> impl IntoView {
    let id = param("resource");
    let data = async move {
        let (viewer, org, project, resource) = at_resource(&id).await?;
        let waits = section(waits_for(org.id)).await?;
        Ok((viewer, org, project, resource, waits))
    };
    load(data, move |(viewer, org, project, resource, waits)| {
        view! {
            <Title text=format!("{} of {}", product.label(), resource.name)/>
            <ConsoleLayout bar=bar(&viewer, resource_crumbs(&org, &project, &resource)) tabs_label="Resource" tabs=resource_tabs(resource.id, at) banner=banner()>
                <PageHeader title=product.label() sentence=product_sentence(product)/>
                {show("The waitlist's entries", waits, |waits| view! { <ProductState product org waits/> })}
            </ConsoleLayout>
        }
    })
}
