//! What the kit's tests share.

use leptos::prelude::*;

/// The HTML of a view, rendered as the server renders it. No part of the kit may use an inline style or handler: the content policy forbids both.
pub fn html<V: IntoView + 'static>(view: impl FnOnce() -> V) -> String {
    let html = Owner::new().with(|| view().into_view().to_html());
    // The places that an erased view marks for the browser say nothing to a reader.
    let html = html.replace("<!>", "");
    for forbidden in [" style=", " onclick=", " onsubmit=", " onload=", " oninput="] {
        assert!(!html.contains(forbidden), "{forbidden} in {html}");
    }
    html
}

/// The same below a form post that failed or succeeded.
pub fn html_after<V: IntoView + 'static>(flash: crate::flash::Flash, view: impl FnOnce() -> V) -> String {
    html(move || {
        provide_context(flash);
        provide_context(super::Told::default());
        view()
    })
}
