//! Code to copy.

use crate::islands::CopyButton;
use leptos::prelude::*;

/// A block of code with its file name or language, and a button that copies it.
#[component]
pub fn CodeBlock(
    #[prop(into)] code: String,
    /// What it is: ".env", "schema.prisma".
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let copied = code.clone();
    view! {
        <figure class="code">
            <figcaption class="code-head">
                <span>{label.clone()}</span>
                <CopyButton text=copied name=label icon_only=false/>
            </figcaption>
            <pre tabindex="0"><code>{code}</code></pre>
        </figure>
    }
    .into_any()
}

/// An id or a word of code inside a sentence.
#[component]
pub fn Code(#[prop(into)] text: String) -> impl IntoView {
    view! { <code class="code-inline">{text}</code> }
}

/// An id that people copy: mono, with its button.
#[component]
pub fn CopyableId(#[prop(into)] text: String, #[prop(into)] name: String) -> impl IntoView {
    let copied = text.clone();
    view! {
        <span class="inline-flex max-w-full items-center gap-1">
            <code class="truncate font-mono text-s text-muted">{text}</code>
            <CopyButton text=copied name icon_only=true/>
        </span>
    }
}
