use crate::calls::identity::viewer;
use crate::calls::security::DeleteOwnAccount;
use crate::kit::{Card, ConfirmForm, ConsoleLayout, PageHeader, PasswordField};
use crate::pages::chrome::{At, account_tabs, banner, bar};
use crate::pages::load::load;
use crate::paths;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// The id of the form, and of the dialog that holds it.
pub const DELETE_ACCOUNT: &str = "account/delete";

/// What deleting means, and the password.
#[component]
pub fn DeleteAccountFields() -> impl IntoView {
    view! {
        <p>"This cannot be undone. Organizations in which you are the only member are deleted with everything in them."</p>
        <PasswordField name="password" label="Password"/>
    }
}

#[component]
pub fn DeleteAccountPage() -> impl IntoView {
    load(async { viewer() }, |viewer| {
        view! {
            <Title text="Delete account"/>
            <ConsoleLayout bar=bar(&viewer, Vec::new()) tabs_label="Account" tabs=account_tabs(At::Overview) banner=banner() narrow=true>
                <PageHeader title="Delete your account?"/>
                <Card danger=true>
                    <ConfirmForm id=DELETE_ACCOUNT action=DeleteOwnAccount::url() verb="Delete account" back=paths::ACCOUNT><DeleteAccountFields/></ConfirmForm>
                </Card>
            </ConsoleLayout>
        }
    })
}
