use crate::calls::members::{RemoveMember, member_row};
use crate::calls::place::at_org;
use crate::kit::{Card, ConfirmForm, ConsoleLayout, HiddenField, Notice, PageHeader};
use crate::pages::chrome::{At, banner, bar, org_crumb, org_tabs};
use crate::pages::load::{load, param};
use crate::paths;
use kernel::{OrgId, UserId};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// The id of the form, and of the dialog that holds it.
pub const REMOVE: &str = "members/remove";

/// What removing means.
#[component]
pub fn RemoveMemberFields(org: OrgId, user: UserId) -> impl IntoView {
    view! {
        <p>"Their access ends at once. API keys that they made go on working."</p>
        <HiddenField name="org" value=org.to_string()/>
        <HiddenField name="user" value=user.to_string()/>
    }
}

#[component]
pub fn RemoveMemberPage() -> impl IntoView {
    let (id, user) = (param("org"), param("user"));
    let data = async move {
        let (viewer, org) = at_org(&id).await?;
        let member = member_row(org.id, &user).await?;
        Ok((viewer, org, member))
    };
    load(data, |(viewer, org, member)| {
        let (org_id, user) = (org.id, member.user);
        let form = match org.may.manage_members.clone() {
            None => view! {
                <Card danger=true>
                    <ConfirmForm id=REMOVE action=RemoveMember::url() verb="Remove member" back=paths::member(org_id, user)>
                        <RemoveMemberFields org=org_id user/>
                    </ConfirmForm>
                </Card>
            }
            .into_any(),
            Some(reason) => view! { <Notice>{reason}</Notice> }.into_any(),
        };
        view! {
            <Title text=format!("Remove {}", member.name)/>
            <ConsoleLayout bar=bar(&viewer, vec![org_crumb(&org)]) tabs_label="Organization" tabs=org_tabs(org.id, At::Members) banner=banner() narrow=true>
                <PageHeader title=format!("Remove {}?", member.name)/>
                {form}
            </ConsoleLayout>
        }
    })
}
