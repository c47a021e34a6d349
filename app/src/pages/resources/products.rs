use crate::calls::orgs::JoinWaitlist as JoinWaitlistCall;
use crate::kit::{EmptyState, Form, Glyph, HiddenField, SubmitButton};
use crate::model::place::OrgPlace;
use kernel::Product;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// What a product is for, in one sentence.
pub const fn product_sentence(product: Product) -> &'static str {
    match product {
        Product::Accelerate => "A connection pool and a query cache in front of your database.",
        Product::Pulse => "A stream of the changes in your database, typed by your schema.",
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
