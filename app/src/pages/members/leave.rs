use crate::calls::members::LeaveOrg;
use crate::calls::place::at_org;
use crate::kit::{Card, ConfirmForm, ConsoleLayout, HiddenField, PageHeader};
use crate::pages::chrome::{At, banner, bar, org_crumb, org_tabs};
use crate::pages::load::{load, param};
use crate::paths;
use kernel::OrgId;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// The id of the form, and of the dialog that holds it.
pub const LEAVE: &str = "members/leave";

/// What leaving means.
#[component]
pub fn LeaveFields(org: OrgId) -> impl IntoView {
    view! {
        <p>"You lose access to its projects, environments and keys at once."</p>
        <HiddenField name="org" value=org.to_string()/>
    }
}

#[component]
pub fn LeaveOrgPage() -> impl IntoView {
    let id = param("org");
    load(async move { at_org(&id).await }, |(viewer, org)| {
        view! {
            <Title text=format!("Leave {}", org.name)/>
            <ConsoleLayout bar=bar(&viewer, vec![org_crumb(&org)]) tabs_label="Organization" tabs=org_tabs(org.id, At::Members) banner=banner() narrow=true>
                <PageHeader title=format!("Leave {}?", org.name)/>
                <Card danger=true>
                    <ConfirmForm id=LEAVE action=LeaveOrg::url() verb="Leave organization" back=paths::org_members(org.id)><LeaveFields org=org.id/></ConfirmForm>
                </Card>
            </ConsoleLayout>
        }
    })
}
