use crate::calls::orgs::DeleteOrg;
use crate::calls::place::at_org;
use crate::kit::{Card, ConfirmForm, ConsoleLayout, HiddenField, Notice, PageHeader, TextField};
use crate::pages::chrome::{At, banner, bar, org_crumb, org_tabs};
use crate::pages::load::{load, param};
use crate::paths;
use kernel::OrgId;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// The id of the form, and of the dialog that holds it.
pub const DELETE_ORG: &str = "orgs/delete";

/// What deleting means, and the name to type.
#[component]
pub fn DeleteOrgFields(org: OrgId, #[prop(into)] name: String) -> impl IntoView {
    view! {
        <p>"This cannot be undone. Its projects, environments, stored connection strings and API keys are removed, and applications that use these keys stop working at once."</p>
        <HiddenField name="org" value=org.to_string()/>
        <TextField name="confirmation" label=format!("Type \u{201c}{name}\u{201d} to confirm") autocomplete="off"/>
    }
}

#[component]
pub fn DeleteOrgPage() -> impl IntoView {
    let id = param("org");
    load(async move { at_org(&id).await }, |(viewer, org)| {
        let (name, shown) = (org.name.clone(), org.name.clone());
        let form = match org.may.delete_org.clone() {
            None => view! {
                <Card danger=true>
                    <ConfirmForm id=DELETE_ORG action=DeleteOrg::url() verb="Delete organization" back=paths::org_settings(org.id)>
                        <DeleteOrgFields org=org.id name=shown/>
                    </ConfirmForm>
                </Card>
            }
            .into_any(),
            Some(reason) => view! { <Notice>{reason}</Notice> }.into_any(),
        };
        view! {
            <Title text=format!("Delete {name}")/>
            <ConsoleLayout bar=bar(&viewer, vec![org_crumb(&org)]) tabs_label="Organization" tabs=org_tabs(org.id, At::Settings) banner=banner() narrow=true>
                <PageHeader title=format!("Delete {name}?")/>
                {form}
            </ConsoleLayout>
        }
    })
}
