use crate::islands::EventViewer;
use crate::kit::Card;
use crate::model::events::SeenEvent;
use crate::paths;
use kernel::ResourceId;
use leptos::prelude::*;

/// The last changes of the database, as they come.
#[component]
pub fn Events(resource: ResourceId, events: Vec<SeenEvent>) -> impl IntoView {
    let (src, again) = (paths::pulse_events(resource), paths::resource_pulse(resource));
    view! {
        <Card title="Events" sentence="The last changes that were captured, of all tables. Change a row and see it come.">
            <EventViewer src seen=events again/>
        </Card>
    }
}
