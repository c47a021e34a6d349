use super::delete_user::{DELETE_USER, DeleteUserFields};
use super::{At, tabs};
use crate::calls::admin::{ClearSecondFactor, DeleteUser, MakeResetLink, SetOperator, user_row};
use crate::calls::identity::viewer;
use crate::kit::{
    ButtonKind, ButtonLink, Card, ConfirmDialog, ConsoleLayout, CopyableId, DefinitionList, DialogLink, Fact, Form,
    Glyph, HiddenField, PageHeader, RelativeTime, SubmitButton, confirm_dialog_id,
};
use crate::model::admin::UserRow;
use crate::pages::chrome::{banner, bar};
use crate::pages::load::{load, param};
use crate::paths;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// One account, as its operator looks after it.
#[component]
pub fn AdminUserPage() -> impl IntoView {
    let id = param("user");
    let data = async move { Ok((viewer()?, user_row(&id).await?)) };
    load(data, |(viewer, user)| {
        view! {
            <Title text=user.name.clone()/>
            <ConsoleLayout bar=bar(&viewer, Vec::new()) tabs_label="Administration" tabs=tabs(At::Users) banner=banner() narrow=true>
                <PageHeader title=user.name.clone() sentence=user.email.clone()>
                    <ButtonLink href=paths::ADMIN icon=Glyph::ArrowLeft>"All users"</ButtonLink>
                </PageHeader>
                <About user=user.clone()/>
                <Access user=user.clone()/>
                <Deletion user/>
            </ConsoleLayout>
        }
    })
}

#[component]
fn About(user: UserRow) -> impl IntoView {
    view! {
        <Card title="About">
            <DefinitionList>
                <Fact term="Kind">{if user.operator { "Operator" } else { "User" }}</Fact>
                <Fact term="Organizations">{user.orgs}</Fact>
                <Fact term="Second factor">{if user.second_factor { "On" } else { "Off" }}</Fact>
                <Fact term="Created"><RelativeTime at=user.created_at/></Fact>
                <Fact term="User ID"><CopyableId text=user.id.to_string() name="User ID"/></Fact>
            </DefinitionList>
        </Card>
    }
}

#[component]
fn Access(user: UserRow) -> impl IntoView {
    let id = user.id;
    let (grant, verb) = if user.operator { ("false", "Revoke operator") } else { ("true", "Make operator") };
    let clear = user.second_factor.then(|| {
        view! {
            <Form id="admin/clear-second-factor" action=ClearSecondFactor::url() bare=true>
                <HiddenField name="user" value=id.to_string()/>
                <SubmitButton kind=ButtonKind::Secondary>"Clear second factor"</SubmitButton>
            </Form>
        }
    });
    view! {
        <Card title="Access" sentence="A reset link lets its holder choose a new password.">
            <div class="flex flex-wrap gap-2">
                <Form id="admin/reset-link" action=MakeResetLink::url() bare=true>
                    <HiddenField name="user" value=id.to_string()/>
                    <SubmitButton kind=ButtonKind::Secondary>"Make a reset link"</SubmitButton>
                </Form>
                <Form id="admin/set-operator" action=SetOperator::url() bare=true>
                    <HiddenField name="user" value=id.to_string()/>
                    <HiddenField name="operator" value=grant/>
                    <SubmitButton kind=ButtonKind::Secondary>{verb}</SubmitButton>
                </Form>
                {clear}
            </div>
        </Card>
    }
}

#[component]
fn Deletion(user: UserRow) -> impl IntoView {
    view! {
        <Card title="Delete account" sentence="Organizations in which it is the only member go with it." danger=true>
            <DialogLink href=paths::delete_user(user.id) dialog=confirm_dialog_id(DELETE_USER) kind=ButtonKind::Danger>"Delete account"</DialogLink>
            <ConfirmDialog id=DELETE_USER title=format!("Delete the account of {}?", user.name) action=DeleteUser::url() verb="Delete account" back=paths::admin_user(user.id)>
                <DeleteUserFields user=user.clone()/>
            </ConfirmDialog>
        </Card>
    }
}
