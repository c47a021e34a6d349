//! Menus: `<details>` full of links and small forms. They open without a script; the script closes them on Escape and on a press elsewhere.

use super::{Glyph, Icon};
use leptos::prelude::*;

/// A link in a menu.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MenuLink {
    pub label: String,
    pub href: String,
    /// Where the visitor is now.
    pub current: bool,
    pub icon: Option<Glyph>,
}

impl MenuLink {
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into(), current: false, icon: None }
    }

    pub fn icon(self, glyph: Glyph) -> Self {
        Self { icon: Some(glyph), ..self }
    }

    pub fn current(self, current: bool) -> Self {
        Self { current, ..self }
    }

    pub(super) fn view(self) -> AnyView {
        let Self { label, href, current, icon } = self;
        view! {
            <a class="menu-item" href=href aria-current=current.then_some("true")>
                {icon.map(|glyph| view! { <Icon glyph/> })}
                <span class="min-w-0 flex-1 truncate">{label}</span>
                {current.then(|| view! { <Icon glyph=Glyph::Check/> })}
            </a>
        }
        .into_any()
    }
}

/// A button that unfolds a menu.
#[component]
pub fn Menu(
    /// Its name for screen readers: "Actions of production".
    #[prop(into)]
    label: String,
    /// What the button shows; three dots if nothing.
    #[prop(optional)]
    trigger: Option<AnyView>,
    /// The classes of the button.
    #[prop(default = "btn-icon")]
    class: &'static str,
    /// Opens to the right of its left edge instead of the left of its right one.
    #[prop(optional)]
    start: bool,
    children: Children,
) -> impl IntoView {
    let trigger = trigger.unwrap_or_else(|| view! { <Icon glyph=Glyph::Ellipsis/> }.into_any());
    view! {
        <details class="menu" name="menu">
            <summary class=class aria-label=label.clone() title=label>{trigger}</summary>
            <div class=if start { "menu-panel menu-start" } else { "menu-panel" }>{children()}</div>
        </details>
    }
    .into_any()
}

/// Links of a menu, one below the other.
#[component]
pub fn MenuLinks(
    /// A heading over them.
    #[prop(into, optional)]
    heading: String,
    links: Vec<MenuLink>,
) -> impl IntoView {
    view! {
        <div class="menu-group">
            {(!heading.is_empty()).then(|| view! { <p class="menu-heading">{heading}</p> })}
            {links.into_iter().map(MenuLink::view).collect_view()}
        </div>
    }
    .into_any()
}

/// A menu entry that submits the form around it.
#[component]
pub fn MenuSubmit(#[prop(optional)] icon: Option<Glyph>, children: Children) -> impl IntoView {
    view! {
        <button class="menu-item" type="submit">
            {icon.map(|glyph| view! { <Icon glyph/> })}
            <span class="min-w-0 flex-1 truncate">{children()}</span>
        </button>
    }
}
