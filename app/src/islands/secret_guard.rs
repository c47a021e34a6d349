//! Asks once before a secret that nobody copied is left behind.

use super::COPIED;
use leptos::ev::Custom;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;

/// Guards the box with the element id `target`: until something of it was copied, or storing it was confirmed, leaving the page asks.
#[island]
pub fn SecretGuard(target: String) -> impl IntoView {
    let kept = StoredValue::new(false);
    let inside = StoredValue::new(target);
    let keep_inside = move |event: &web_sys::Event| {
        if hit(event, &inside.with_value(|id| format!("#{id}"))) {
            kept.set_value(true);
        }
    };
    Effect::new(move || {
        let handles = [
            window_event_listener(Custom::<web_sys::Event>::new(COPIED), move |event| keep_inside(&event)),
            window_event_listener(Custom::<web_sys::Event>::new("copy"), move |event| keep_inside(&event)),
            window_event_listener(leptos::ev::click, move |event| {
                if hit(&event, "[data-stored]") {
                    kept.set_value(true);
                }
            }),
            window_event_listener(leptos::ev::beforeunload, move |event| {
                // Once: whoever stays has been told, whoever leaves wants to.
                if !kept.get_value() {
                    kept.set_value(true);
                    event.prevent_default();
                }
            }),
        ];
        on_cleanup(move || handles.into_iter().for_each(|handle| handle.remove()));
    });
}

fn hit(event: &web_sys::Event, selector: &str) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|target| target.closest(selector).ok().flatten().is_some())
}
