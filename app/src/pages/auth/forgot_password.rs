use crate::calls::links::{RequestReset, sends_mail};
use crate::kit::{AuthLayout, EmailField, Form, Notice, SubmitButton};
use crate::pages::chrome::banner;
use crate::paths;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// Asks the address that the link is mailed to.
#[component]
pub fn ForgotPasswordPage() -> impl IntoView {
    let below = view! { <p><a class="link" href=paths::SIGN_IN>"Back to sign in"</a></p> }.into_any();
    let body = if sends_mail() {
        view! {
            <Form id="identity/request-reset" action=RequestReset::url()>
                <EmailField name="email" label="Email" autocomplete="username" autofocus=true/>
                <SubmitButton wide=true>"Send reset link"</SubmitButton>
            </Form>
        }
        .into_any()
    } else {
        view! { <Notice>"This server sends no mail. Ask its operator for a reset link."</Notice> }.into_any()
    };
    view! {
        <Title text="Reset your password"/>
        <AuthLayout title="Reset your password" sentence="A link by which you choose a new one." below banner=banner()>{body}</AuthLayout>
    }
}
