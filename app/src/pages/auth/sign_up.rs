use crate::calls::identity::PostSignUp;
use crate::kit::{AuthLayout, EmailField, Form, HiddenField, PasswordField, SubmitButton, TextField};
use crate::pages::chrome::banner;
use crate::pages::load::query;
use crate::paths;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

#[component]
pub fn SignUpPage() -> impl IntoView {
    let below = view! { <p>"Have an account? "<a class="link" href=paths::SIGN_IN>"Sign in"</a></p> }.into_any();
    view! {
        <Title text="Create an account"/>
        <AuthLayout title="Create your account" sentence="The first account of a new server becomes its operator." below banner=banner()>
            <Form id="identity/sign-up" action=PostSignUp::url()>
                <HiddenField name="next" value=query("next")/>
                <TextField name="name" label="Name" autocomplete="name" autofocus=true/>
                <EmailField name="email" label="Email" autocomplete="username"/>
                <PasswordField name="password" label="Password" autocomplete="new-password" help="At least 10 characters. A few unrelated words work well."/>
                <SubmitButton wide=true>"Create account"</SubmitButton>
            </Form>
        </AuthLayout>
    }
}
