//! What succeeded, said once in the corner.

use super::{Glyph, Icon};
use crate::flash::Flash;
use leptos::prelude::*;

/// The notice of the last post, if there is one. A `<details>` that is open: its summary is the button that folds it away, without a script.
#[component]
pub fn Toasts() -> impl IntoView {
    let toast = use_context::<Flash>().and_then(|flash| flash.notice).map(|notice| {
        view! {
            <details class="toast" open>
                <summary class="btn-icon" aria-label="Dismiss" title="Dismiss"><Icon glyph=Glyph::X/></summary>
                <div class="toast-body"><Icon glyph=Glyph::CircleCheck class="text-ok"/><p>{notice}</p></div>
            </details>
        }
    });
    view! { <div class="toasts" role="status">{toast}</div> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::testing::{html, html_after};

    #[test]
    fn a_notice_becomes_a_toast_and_silence_does_not() {
        let html_with = html_after(Flash::success("f", "Project <renamed>."), || view! { <Toasts/> });
        assert!(html_with.contains("role=\"status\"") && html_with.contains("Project &lt;renamed&gt;."), "{html_with}");
        assert!(!html(|| view! { <Toasts/> }).contains("<details"));
    }
}
