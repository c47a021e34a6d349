use super::{At, tabs};
use crate::calls::admin::{CreateUser, require_operator};
use crate::calls::identity::viewer;
use crate::kit::{
    ButtonLink, Card, Checkbox, ConsoleLayout, EmailField, Form, FormActions, PageHeader, PasswordField, SubmitButton,
    TextField,
};
use crate::pages::chrome::{banner, bar};
use crate::pages::load::load;
use crate::paths;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// Makes an account whatever the sign-up policy says.
#[component]
pub fn NewUserPage() -> impl IntoView {
    let data = async {
        require_operator()?;
        viewer()
    };
    load(data, |viewer| {
        view! {
            <Title text="Create user"/>
            <ConsoleLayout bar=bar(&viewer, Vec::new()) tabs_label="Administration" tabs=tabs(At::Users) banner=banner() narrow=true>
                <PageHeader title="Create user" sentence="The account can sign in at once, whatever the sign-up policy says."/>
                <Card>
                    <Form id="admin/create-user" action=CreateUser::url()>
                        <TextField name="name" label="Name" autocomplete="off" autofocus=true/>
                        <EmailField name="email" label="Email" autocomplete="off"/>
                        <PasswordField name="password" label="Password" autocomplete="new-password" help="At least 10 characters. Pass it on by a safe way."/>
                        <Checkbox name="operator" label="Operator of this server"/>
                        <FormActions>
                            <SubmitButton>"Create user"</SubmitButton>
                            <ButtonLink href=paths::ADMIN>"Cancel"</ButtonLink>
                        </FormActions>
                    </Form>
                </Card>
            </ConsoleLayout>
        }
    })
}
