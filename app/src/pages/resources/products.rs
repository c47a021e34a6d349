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

/// Where a product stands that has no form yet: the page says so.
#[component]
pub fn ProductState(product: Product, org: OrgPlace, waits: Vec<Product>) -> impl IntoView {
    match access(&org, product) {
        Access::Off => view! { <ProductOff product org waits/> }.into_any(),
        Access::On | Access::EarlyAccess => view! {
            <EmptyState
                glyph=glyph(product)
                title=format!("{} is not part of this version yet", product.label())
                sentence="Environments and API keys that you create now will work with it."
            />
        }
        .into_any(),
    }
}

/// That no operator has given the product to the organization, and how to ask for it.
#[component]
pub fn ProductOff(product: Product, org: OrgPlace, waits: Vec<Product>) -> impl IntoView {
    view! {
        <EmptyState
            glyph=glyph(product)
            title=format!("{} is off for this organization", product.label())
            sentence="An operator of this server decides who gets it."
        >
            <JoinWaitlist product org waits/>
        </EmptyState>
    }
}

const fn glyph(product: Product) -> Glyph {
    match product {
        Product::Accelerate => Glyph::Zap,
        Product::Pulse => Glyph::Activity,
    }
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
pub fn ResourcePulsePage() -> impl IntoView {
    let id = param("resource");
    let data = async move {
        let (viewer, org, project, resource) = at_resource(&id).await?;
        let waits = section(waits_for(org.id)).await?;
        Ok((viewer, org, project, resource, waits))
    };
    load(data, |(viewer, org, project, resource, waits)| {
        let bar = bar(&viewer, resource_crumbs(&org, &project, &resource));
        let tabs = resource_tabs(resource.id, At::Pulse);
        view! {
            <Title text=format!("Pulse of {}", resource.name)/>
            <ConsoleLayout bar tabs_label="Resource" tabs banner=banner()>
                <PageHeader title="Pulse" sentence=product_sentence(Product::Pulse)/>
                {show("The waitlist's entries", waits, |waits| view! { <ProductState product=Product::Pulse org waits/> })}
            </ConsoleLayout>
        }
    })
}
