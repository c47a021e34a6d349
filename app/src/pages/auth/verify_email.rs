use crate::calls::links::PostVerifyEmail;
use crate::kit::{AuthLayout, Form, HiddenField, PasswordField, SubmitButton};
use crate::pages::chrome::banner;
use crate::pages::load::param;
use crate::paths;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// Where a verification link leads. It asks for a click, because mail scanners open links, and for the password, because somebody else may have signed
/// up with the address.
#[component]
pub fn VerifyEmailPage() -> impl IntoView {
    let below = view! { <p><a class="link" href=paths::FORGOT_PASSWORD>"Forgot password?"</a></p> }.into_any();
    view! {
        <Title text="Verify your address"/>
        <AuthLayout title="Verify your address" sentence="With the password that you chose when you signed up." below banner=banner()>
            <Form id="identity/verify-email" action=PostVerifyEmail::url()>
                <HiddenField name="token" value=param("token")/>
                <PasswordField name="password" label="Password" autofocus=true/>
                <SubmitButton wide=true>"Verify address"</SubmitButton>
            </Form>
        </AuthLayout>
    }
}
