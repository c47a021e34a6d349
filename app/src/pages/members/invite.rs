use super::role_choices;
use crate::calls::members::InviteMember;
use crate::calls::place::at_org;
use crate::kit::{
    Cancel, Card, ConsoleLayout, DialogActions, EmailField, Form, HiddenField, Notice, PageHeader, RadioGroup,
    SubmitButton,
};
use crate::model::place::OrgPlace;
use crate::pages::chrome::{At, banner, bar, org_crumb, org_tabs};
use crate::pages::load::{load, param};
use crate::paths;
use kernel::Role;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// Asks whom to invite as what: in the dialog of the members page, and on the page behind it.
#[component]
pub fn InviteForm(org: OrgPlace) -> impl IntoView {
    view! {
        <Form id="members/invite" action=InviteMember::url()>
            <HiddenField name="org" value=org.id.to_string()/>
            <EmailField name="email" label="Email" autocomplete="off" autofocus=true help="The invitation is for this address alone."/>
            <RadioGroup name="role" label="Role" options=role_choices(&org) value=Role::Developer.as_str()/>
            <DialogActions>
                <SubmitButton>"Invite member"</SubmitButton>
                <Cancel href=paths::org_members(org.id)/>
            </DialogActions>
        </Form>
    }
}

#[component]
pub fn InviteMemberPage() -> impl IntoView {
    let id = param("org");
    load(async move { at_org(&id).await }, |(viewer, org)| {
        let place = org.clone();
        let form = match org.may.manage_members.clone() {
            None => view! { <Card><InviteForm org=place/></Card> }.into_any(),
            Some(reason) => view! { <Notice>{reason}</Notice> }.into_any(),
        };
        view! {
            <Title text="Invite member"/>
            <ConsoleLayout bar=bar(&viewer, vec![org_crumb(&org)]) tabs_label="Organization" tabs=org_tabs(org.id, At::Members) banner=banner() narrow=true>
                <PageHeader title="Invite member" sentence=format!("To {}.", org.name)/>
                {form}
            </ConsoleLayout>
        }
    })
}
