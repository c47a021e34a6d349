use crate::calls::accelerate::{ConfigureAccelerate, ConfigureProject, gateway};
use crate::kit::{Choice, Form, FormActions, HiddenField, SelectField, SubmitButton};
use crate::model::place::ResourcePlace;
use crate::pages::resources::ConnectionField;
use kernel::ProjectId;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Turns Accelerate on for a resource. A stored connection string is offered, masked; another one replaces it.
#[component]
pub fn ConfigureForm(resource: ResourcePlace) -> impl IntoView {
    let optional = resource.connection.is_some();
    let stored = resource.connection.map(|masked| {
        view! {
            <p>"Leave the field empty to use the stored connection string:"</p>
            <p class="font-mono text-s text-muted break-all">{masked}</p>
        }
    });
    view! {
        <Form id="accelerate/configure" action=ConfigureAccelerate::url() class="max-w-[480px]">
            <HiddenField name="resource" value=resource.id.to_string()/>
            {stored}
            <ConnectionField optional/>
            <RegionField/>
            <FormActions><SubmitButton>"Configure Accelerate"</SubmitButton></FormActions>
        </Form>
    }
}

/// The same for a project without resources: `Production` is made.
#[component]
pub fn ConfigureProjectForm(project: ProjectId) -> impl IntoView {
    view! {
        <Form id="accelerate/configure-project" action=ConfigureProject::url() class="max-w-[480px]">
            <HiddenField name="project" value=project.to_string()/>
            <ConnectionField/>
            <RegionField/>
            <FormActions><SubmitButton>"Configure Accelerate"</SubmitButton></FormActions>
        </Form>
    }
}

#[component]
fn RegionField() -> impl IntoView {
    let region = gateway().region;
    view! {
        <SelectField name="region" label="Region" help="Where a gateway runs: choose the one nearest to the database." options=vec![Choice::new(&region, &region)] value=region/>
    }
}
