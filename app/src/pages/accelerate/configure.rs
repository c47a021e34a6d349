use crate::calls::accelerate::{ConfigureAccelerate, ConfigureProject};
use crate::kit::{Choice, Form, FormActions, HiddenField, SelectField, SubmitButton};
use crate::model::accelerate::{Measured, NEAREST, Regions};
use crate::model::place::ResourcePlace;
use crate::pages::resources::ConnectionField;
use kernel::ProjectId;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Turns Accelerate on for a resource. A stored connection string is offered, masked; another one replaces it.
#[component]
pub fn ConfigureForm(resource: ResourcePlace, regions: Regions) -> impl IntoView {
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
            <RegionField regions/>
            <FormActions><SubmitButton>"Configure Accelerate"</SubmitButton></FormActions>
        </Form>
    }
}

/// The same for a project without resources: `Production` is made.
#[component]
pub fn ConfigureProjectForm(project: ProjectId, regions: Regions) -> impl IntoView {
    view! {
        <Form id="accelerate/configure-project" action=ConfigureProject::url() class="max-w-[480px]">
            <HiddenField name="project" value=project.to_string()/>
            <ConnectionField/>
            <RegionField regions/>
            <FormActions><SubmitButton>"Configure Accelerate"</SubmitButton></FormActions>
        </Form>
    }
}

/// The nearest gateway first, then each region that has one, then those that have none.
#[component]
fn RegionField(regions: Regions) -> impl IntoView {
    let help = match regions.measured {
        Measured::Nothing => "Where a gateway runs. The nearest is found by a measurement of each to the database.",
        Measured::Done => "Where a gateway runs, with its round trip to the stored database.",
        Measured::Late => {
            "Where a gateway runs. Not every round trip to the stored database could be measured just now."
        }
    };
    let live = regions.live.iter().map(|region| Choice::new(&region.name, regions.label(region)));
    let others = regions.without_gateway().map(|name| Choice::new(name, format!("{name}, no gateway")).disabled());
    let options = [Choice::new(NEAREST, "Nearest gateway")].into_iter().chain(live).chain(others).collect();
    view! { <SelectField name="region" label="Region" help options value=NEAREST/> }
}
