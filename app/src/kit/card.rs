//! Cards, sections and lists of facts.

use leptos::prelude::*;

/// A bordered box. Space first, a hairline second, a card third.
#[component]
pub fn Card(
    #[prop(into, optional)] title: String,
    #[prop(into, optional)] sentence: String,
    /// A line at the foot, for the button of the card's form or a remark.
    #[prop(optional)]
    footer: Option<AnyView>,
    /// Red: holds what destroys.
    #[prop(optional)]
    danger: bool,
    children: Children,
) -> impl IntoView {
    let head = (!title.is_empty()).then(|| {
        view! {
            <header class="card-head">
                <h2 class="text-md font-semibold">{title}</h2>
                {(!sentence.is_empty()).then(|| view! { <p class="text-muted">{sentence}</p> })}
            </header>
        }
    });
    view! {
        <section class=if danger { "card card-danger" } else { "card" }>
            <div class="card-body">{head}{children()}</div>
            {footer.map(|footer| view! { <footer class="card-foot">{footer}</footer> })}
        </section>
    }
    .into_any()
}

/// A part of a page under its heading, set apart by space alone.
#[component]
pub fn Section(
    #[prop(into)] title: String,
    #[prop(into, optional)] sentence: String,
    /// At the right of the heading.
    #[prop(optional)]
    action: Option<AnyView>,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="section">
            <header class="flex flex-wrap items-end justify-between gap-x-4 gap-y-2">
                <div class="min-w-0">
                    <h2 class="text-md font-semibold">{title}</h2>
                    {(!sentence.is_empty()).then(|| view! { <p class="text-muted">{sentence}</p> })}
                </div>
                {action}
            </header>
            {children()}
        </section>
    }
    .into_any()
}

/// Facts, each under its name.
#[component]
pub fn DefinitionList(children: Children) -> impl IntoView {
    view! { <dl class="facts">{children()}</dl> }.into_any()
}

/// One fact of a `DefinitionList`.
#[component]
pub fn Fact(#[prop(into)] term: String, children: Children) -> impl IntoView {
    view! { <div><dt>{term}</dt><dd>{children()}</dd></div> }.into_any()
}
