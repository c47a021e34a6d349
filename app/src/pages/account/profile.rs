use super::delete::{DELETE_ACCOUNT, DeleteAccountFields};
use crate::calls::identity::viewer;
use crate::calls::security::{DeleteOwnAccount, RenameAccount};
use crate::kit::{
    ButtonKind, Card, ConfirmDialog, ConsoleLayout, DefinitionList, DialogLink, Fact, Form, FormActions, PageHeader,
    SubmitButton, TextField, confirm_dialog_id,
};
use crate::pages::chrome::{At, account_tabs, banner, bar};
use crate::pages::load::load;
use crate::paths;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

#[component]
pub fn ProfilePage() -> impl IntoView {
    load(async { viewer() }, |viewer| {
        let kind = if viewer.operator { "Operator of this server" } else { "User" };
        view! {
            <Title text="Account"/>
            <ConsoleLayout bar=bar(&viewer, Vec::new()) tabs_label="Account" tabs=account_tabs(At::Overview) banner=banner() narrow=true>
                <PageHeader title="Account" sentence="Who you are on this server."/>
                <Card title="Profile">
                    <Form id="account/rename" action=RenameAccount::url()>
                        <TextField name="name" label="Name" value=viewer.name autocomplete="name"/>
                        <DefinitionList>
                            <Fact term="Email">{viewer.email}</Fact>
                            <Fact term="Kind">{kind}</Fact>
                        </DefinitionList>
                        <FormActions><SubmitButton>"Update"</SubmitButton></FormActions>
                    </Form>
                </Card>
                <Card title="Delete account" sentence="Organizations in which you are the only member go with it." danger=true>
                    <DialogLink href=paths::DELETE_ACCOUNT dialog=confirm_dialog_id(DELETE_ACCOUNT) kind=ButtonKind::Danger>"Delete account"</DialogLink>
                    <ConfirmDialog id=DELETE_ACCOUNT title="Delete your account?" action=DeleteOwnAccount::url() verb="Delete account" back=paths::ACCOUNT>
                        <DeleteAccountFields/>
                    </ConfirmDialog>
                </Card>
            </ConsoleLayout>
        }
    })
}
