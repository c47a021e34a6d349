use super::{At, tabs};
use crate::calls::admin::{DeleteUser, user_row};
use crate::calls::identity::viewer;
use crate::kit::{Card, ConfirmForm, ConsoleLayout, HiddenField, PageHeader, TextField};
use crate::model::admin::UserRow;
use crate::pages::chrome::{banner, bar};
use crate::pages::load::{load, param};
use crate::paths;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// The id of the form, and of the dialog that holds it.
pub const DELETE_USER: &str = "admin/delete-user";

/// What deleting means, and the address to type.
#[component]
pub fn DeleteUserFields(user: UserRow) -> impl IntoView {
    view! {
        <p>"This cannot be undone. Organizations in which it is the only member go with it."</p>
        <HiddenField name="user" value=user.id.to_string()/>
        <TextField name="confirmation" label=format!("Type \u{201c}{}\u{201d} to confirm", user.email) autocomplete="off"/>
    }
}

#[component]
pub fn DeleteUserPage() -> impl IntoView {
    let id = param("user");
    let data = async move { Ok((viewer()?, user_row(&id).await?)) };
    load(data, |(viewer, user)| {
        let (title, back) = (format!("Delete the account of {}", user.name), paths::admin_user(user.id));
        view! {
            <Title text=title.clone()/>
            <ConsoleLayout bar=bar(&viewer, Vec::new()) tabs_label="Administration" tabs=tabs(At::Users) banner=banner() narrow=true>
                <PageHeader title=format!("{title}?")/>
                <Card danger=true>
                    <ConfirmForm id=DELETE_USER action=DeleteUser::url() verb="Delete account" back><DeleteUserFields user/></ConfirmForm>
                </Card>
            </ConsoleLayout>
        }
    })
}
