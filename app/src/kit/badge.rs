//! States: always a word, the colour only helps.

use super::{Glyph, Icon};
use leptos::prelude::*;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Neutral,
    /// New, early access.
    Accent,
    Ok,
    Warn,
    Danger,
}

/// A small label: a role, a right, a state.
#[component]
pub fn Badge(
    #[prop(optional)] tone: Tone,
    #[prop(optional)] icon: Option<Glyph>,
    children: Children,
) -> impl IntoView {
    let class = match tone {
        Tone::Neutral => "badge",
        Tone::Accent => "badge badge-accent",
        Tone::Ok => "badge badge-ok",
        Tone::Warn => "badge badge-warn",
        Tone::Danger => "badge badge-danger",
    };
    view! { <span class=class>{icon.map(|glyph| view! { <Icon glyph class="icon-12"/> })}{children()}</span> }
}

/// A dot and the word it stands for: "Active".
#[component]
pub fn StatusDot(#[prop(optional)] tone: Tone, #[prop(into)] label: String) -> impl IntoView {
    let class = match tone {
        Tone::Neutral => "dot",
        Tone::Accent => "dot dot-accent",
        Tone::Ok => "dot dot-ok",
        Tone::Warn => "dot dot-warn",
        Tone::Danger => "dot dot-danger",
    };
    view! { <span class="status"><span class=class aria-hidden="true"></span>{label}</span> }
}
