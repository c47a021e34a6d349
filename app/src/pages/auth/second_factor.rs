use crate::calls::security::PostSecondFactor;
use crate::kit::{AuthLayout, Form, HiddenField, SubmitButton, TextField};
use crate::pages::chrome::banner;
use crate::pages::load::query;
use crate::paths;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// The second step of signing in.
#[component]
pub fn SecondFactorPage() -> impl IntoView {
    let below = view! { <p><a class="link" href=paths::SIGN_IN>"Back to sign in"</a></p> }.into_any();
    view! {
        <Title text="Second factor"/>
        <AuthLayout title="Enter your code" sentence="From your authenticator app, or one of your recovery codes." below banner=banner()>
            <Form id="identity/second-factor" action=PostSecondFactor::url()>
                <HiddenField name="next" value=query("next")/>
                <TextField name="code" label="Code" autocomplete="one-time-code" autofocus=true/>
                <SubmitButton wide=true>"Sign in"</SubmitButton>
            </Form>
        </AuthLayout>
    }
}
