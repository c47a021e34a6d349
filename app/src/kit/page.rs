//! How a page begins.

use leptos::prelude::*;

/// Title, one sentence of what the page is for, and its main action at the right.
#[component]
pub fn PageHeader(
    #[prop(into)] title: String,
    #[prop(into, optional)] sentence: String,
    /// Beside the title: a badge, an id.
    #[prop(optional)]
    aside: Option<AnyView>,
    /// The main action.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <header class="page-head">
            <div class="min-w-0">
                <div class="flex flex-wrap items-center gap-3">
                    <h1 class="min-w-0 text-xl font-semibold tracking-tight text-balance break-words">{title}</h1>
                    {aside}
                </div>
                {(!sentence.is_empty()).then(|| view! { <p class="mt-1 max-w-[72ch] text-muted">{sentence}</p> })}
            </div>
            {children.map(|children| view! { <div class="flex shrink-0 flex-wrap items-center gap-2">{children()}</div> })}
        </header>
    }
    .into_any()
}
