use crate::kit::{AuthLayout, ButtonLink};
use crate::pages::chrome::banner;
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;

/// Said to known and unknown addresses alike.
#[component]
pub fn CheckMailPage() -> impl IntoView {
    view! {
        <Title text="Check your mail"/>
        <AuthLayout title="Check your mail" sentence="If the address fits, a link is on its way to it. It may take a minute, and it may have landed among the spam." banner=banner()>
            <ButtonLink href=paths::SIGN_IN>"Back to sign in"</ButtonLink>
        </AuthLayout>
    }
}
