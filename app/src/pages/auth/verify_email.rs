use crate::calls::links::PostVerifyEmail;
use crate::kit::{AuthLayout, Form, HiddenField, SubmitButton};
use crate::pages::chrome::banner;
use crate::pages::load::param;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// Where a verification link leads. It asks for a click, because mail scanners open links.
#[component]
pub fn VerifyEmailPage() -> impl IntoView {
    view! {
        <Title text="Verify your address"/>
        <AuthLayout title="Verify your address" sentence="One click, and your account is open." banner=banner()>
            <Form id="identity/verify-email" action=PostVerifyEmail::url()>
                <HiddenField name="token" value=param("token")/>
                <SubmitButton wide=true>"Verify address"</SubmitButton>
            </Form>
        </AuthLayout>
    }
}
