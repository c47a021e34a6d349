//! A place held for what is on its way. Inside islands alone: a page arrives whole or not at all.

use leptos::prelude::*;

/// Rows of the height that the data will have.
#[component]
pub fn Skeleton(#[prop(default = 3)] rows: usize) -> impl IntoView {
    (0..rows).map(|_| view! { <div class="skeleton" aria-hidden="true"></div> }).collect_view()
}
