use crate::calls::place::at_resource;
use crate::kit::{ConsoleLayout, EmptyState, Glyph, PageHeader};
use crate::pages::chrome::{At, banner, bar, resource_crumbs, resource_tabs};
use crate::pages::load::{load, param};
use kernel::{Access, Product};
use leptos::prelude::*;
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
pub fn ProductState(product: Product, access: Access) -> impl IntoView {
    let glyph = match product {
        Product::Accelerate => Glyph::Zap,
        Product::Pulse => Glyph::Activity,
    };
    let (title, sentence) = match access {
        Access::Off => (format!("{} is off for this organization", product.label()), "An operator of this server can turn it on."),
        Access::On | Access::EarlyAccess => {
            (format!("{} is not part of this version yet", product.label()), "Environments and API keys that you create now will work with it.")
        }
    };
    view! { <EmptyState glyph title sentence/> }
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
    load(async move { at_resource(&id).await }, move |(viewer, org, project, resource)| {
        let access = match product {
            Product::Accelerate => org.accelerate,
            Product::Pulse => org.pulse,
        };
        view! {
            <Title text=format!("{} of {}", product.label(), resource.name)/>
            <ConsoleLayout bar=bar(&viewer, resource_crumbs(&org, &project, &resource)) tabs_label="Resource" tabs=resource_tabs(resource.id, at) banner=banner()>
                <PageHeader title=product.label() sentence=product_sentence(product)/>
                <ProductState product access/>
            </ConsoleLayout>
        }
    })
}
