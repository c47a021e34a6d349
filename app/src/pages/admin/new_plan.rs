use super::{At, tabs};
use crate::calls::admin::require_operator;
use crate::calls::identity::viewer;
use crate::calls::plans::CreatePlan;
use crate::kit::{Cancel, Card, ConsoleLayout, DialogActions, Form, HiddenField, PageHeader, SubmitButton, TextField};
use crate::model::plan::PlanLimits;
use crate::pages::chrome::{banner, bar};
use crate::pages::load::load;
use crate::paths;
use kernel::PlanId;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// The fields of a plan, new or as it is.
#[component]
pub fn PlanForm(
    #[prop(into)] id: String,
    #[prop(into)] action: String,
    #[prop(into)] verb: String,
    limits: PlanLimits,
    #[prop(optional)] plan: Option<PlanId>,
    #[prop(into, optional)] name: String,
) -> impl IntoView {
    let text = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
    let PlanLimits { requests, queued, connections, query_timeout_ms, transaction_timeout_ms, response_bytes } = limits;
    view! {
        <Form id action>
            {plan.map(|plan| view! { <HiddenField name="plan" value=plan.to_string()/> })}
            <TextField name="name" label="Name" value=name autocomplete="off" autofocus=true/>
            <TextField name="requests" label="Queries in 10 seconds" value=text(requests) help="On average, of all applications of a project. Empty means any." optional=true/>
            <TextField name="queued" label="Queries that may wait" value=text(queued) help="When they come faster. One more is refused." optional=true/>
            <TextField name="connections" label="Most connections of a pool" value=text(connections) optional=true/>
            <TextField name="query_timeout_ms" label="Longest query timeout in ms" value=text(query_timeout_ms) optional=true/>
            <TextField name="transaction_timeout_ms" label="Longest transaction timeout in ms" value=text(transaction_timeout_ms) optional=true/>
            <TextField name="response_bytes" label="Largest response size in bytes" value=text(response_bytes) optional=true/>
            <DialogActions>
                <SubmitButton>{verb}</SubmitButton>
                <Cancel href=paths::ADMIN_PLANS/>
            </DialogActions>
        </Form>
    }
}

#[component]
pub fn NewPlanPage() -> impl IntoView {
    let data = async {
        require_operator()?;
        viewer()
    };
    load(data, |viewer| {
        view! {
            <Title text="Create plan"/>
            <ConsoleLayout bar=bar(&viewer, Vec::new()) tabs_label="Administration" tabs=tabs(At::Plans) banner=banner() narrow=true>
                <PageHeader title="Create plan" sentence="No project has it until you set it."/>
                <Card><PlanForm id="admin/create-plan" action=CreatePlan::url() verb="Create plan" limits=PlanLimits::default()/></Card>
            </ConsoleLayout>
        }
    })
}
