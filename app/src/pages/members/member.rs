use super::remove::{REMOVE, RemoveMemberFields};
use super::role_choices;
use crate::calls::members::{ChangeRole, RemoveMember, member_row};
use crate::calls::place::at_org;
use crate::kit::{
    ButtonKind, ButtonLink, Card, ConfirmDialog, ConsoleLayout, DialogLink, Form, FormActions, Glyph, HiddenField,
    Notice, PageHeader, RadioGroup, SubmitButton, confirm_dialog_id,
};
use crate::model::member::MemberRow;
use crate::model::place::OrgPlace;
use crate::pages::chrome::{At, banner, bar, org_crumb, org_tabs};
use crate::pages::load::{load, param};
use crate::paths;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// One member: the role, and the end of the membership.
#[component]
pub fn MemberPage() -> impl IntoView {
    let (id, user) = (param("org"), param("user"));
    let data = async move {
        let (viewer, org) = at_org(&id).await?;
        let member = member_row(org.id, &user).await?;
        Ok((viewer, org, member))
    };
    load(data, |(viewer, org, member)| {
        let title = member.name.clone();
        let place = org.clone();
        let forms = match org.may.manage_members.clone() {
            None => view! { <Forms org=place member=member.clone()/> }.into_any(),
            Some(reason) => view! { <Notice>{reason}</Notice> }.into_any(),
        };
        view! {
            <Title text=title.clone()/>
            <ConsoleLayout bar=bar(&viewer, vec![org_crumb(&org)]) tabs_label="Organization" tabs=org_tabs(org.id, At::Members) banner=banner() narrow=true>
                <PageHeader title sentence=member.email>
                    <ButtonLink href=paths::org_members(org.id) icon=Glyph::ArrowLeft>"All members"</ButtonLink>
                </PageHeader>
                {forms}
            </ConsoleLayout>
        }
    })
}

#[component]
fn Forms(org: OrgPlace, member: MemberRow) -> impl IntoView {
    let (org_id, user) = (org.id, member.user);
    let roles = role_choices(&org);
    view! {
        <Card title="Role">
            <Form id="members/change-role" action=ChangeRole::url()>
                <HiddenField name="org" value=org_id.to_string()/>
                <HiddenField name="user" value=user.to_string()/>
                <RadioGroup name="role" label="Role" options=roles value=member.role.as_str()/>
                <FormActions><SubmitButton>"Update"</SubmitButton></FormActions>
            </Form>
        </Card>
        <Card title="Remove member" sentence="Their access ends at once. API keys that they made go on working." danger=true>
            <DialogLink href=paths::remove_member(org_id, user) dialog=confirm_dialog_id(REMOVE) kind=ButtonKind::Danger>"Remove member"</DialogLink>
            <ConfirmDialog id=REMOVE title=format!("Remove {}?", member.name) action=RemoveMember::url() verb="Remove member" back=paths::org_members(org.id)>
                <RemoveMemberFields org=org_id user/>
            </ConfirmDialog>
        </Card>
    }
}
