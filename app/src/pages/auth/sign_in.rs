use crate::calls::identity::PostSignIn;
use crate::kit::{AuthLayout, EmailField, Form, HiddenField, PasswordField, SubmitButton};
use crate::pages::chrome::banner;
use crate::pages::load::query;
use crate::paths;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

#[component]
pub fn SignInPage() -> impl IntoView {
    let forgot = view! { <a class="link" href=paths::FORGOT_PASSWORD>"Forgot password?"</a> }.into_any();
    let below = view! { <p>"New here? "<a class="link" href=paths::SIGN_UP>"Create an account"</a></p> }.into_any();
    view! {
        <Title text="Sign in"/>
        <AuthLayout title="Sign in to Pentaprism" below banner=banner()>
            <Form id="identity/sign-in" action=PostSignIn::url()>
                <HiddenField name="next" value=query("next")/>
                <EmailField name="email" label="Email" autocomplete="username" autofocus=true/>
                <PasswordField name="password" label="Password" aside=forgot/>
                <SubmitButton wide=true>"Sign in"</SubmitButton>
            </Form>
        </AuthLayout>
    }
}
