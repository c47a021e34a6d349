use crate::calls::links::{CompleteReset, reset_owner};
use crate::kit::{AuthLayout, Form, HiddenField, PasswordField, SubmitButton};
use crate::pages::chrome::banner;
use crate::pages::load::{load, param};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// Where a reset link leads.
#[component]
pub fn ResetPasswordPage() -> impl IntoView {
    let token = param("token");
    let asked = token.clone();
    load(async move { reset_owner(&asked).await }, move |email| {
        view! {
            <Title text="Choose a new password"/>
            <AuthLayout title="Choose a new password" sentence=format!("For {email}. It signs out every session of this account.") banner=banner()>
                <Form id="identity/reset-password" action=CompleteReset::url()>
                    <HiddenField name="token" value=token/>
                    <PasswordField name="new_password" label="New password" autocomplete="new-password" autofocus=true help="At least 10 characters."/>
                    <SubmitButton wide=true>"Change password"</SubmitButton>
                </Form>
            </AuthLayout>
        }
    })
}
