//! The empty state of a list: a drawing, one sentence, one action.

use super::{Glyph, Icon};
use leptos::prelude::*;

/// Says what would be here and leads to the first of it.
#[component]
pub fn EmptyState(
    /// Of what there is none yet.
    glyph: Glyph,
    #[prop(into)] title: String,
    /// One sentence: what it is for.
    #[prop(into)]
    sentence: String,
    /// The one action.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <div class="empty-drawing" aria-hidden="true">
                <svg class="size-full" viewBox="0 0 96 96" fill="none">
                    <path class="ray-in" d="M0 48h26"/>
                    <path class="ray-out" d="M48 70v26"/>
                    <rect class="plate" x="26.5" y="26.5" width="43" height="43" rx="11.5"/>
                </svg>
                <Icon glyph class="icon-20"/>
            </div>
            <h2 class="mt-4 text-base font-medium">{title}</h2>
            <p class="mt-1 text-muted">{sentence}</p>
            {children.map(|children| view! { <div class="mt-4">{children()}</div> })}
        </div>
    }
    .into_any()
}
