//! Buttons, and links that look like them.

use super::{Glyph, Icon};
use leptos::either::Either;
use leptos::prelude::*;

/// How loud a button is. A view has one primary at most.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ButtonKind {
    Primary,
    #[default]
    Secondary,
    Ghost,
    /// For what cannot be undone.
    Danger,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ButtonSize {
    /// 32 px, in tables and cards.
    Small,
    /// 36 px.
    #[default]
    Medium,
    /// 40 px, alone on a card such as sign in.
    Large,
}

/// The classes of a button, for the rare element that is neither `Button` nor `ButtonLink`.
pub const fn button_class(kind: ButtonKind, size: ButtonSize) -> &'static str {
    use {ButtonKind as K, ButtonSize as S};
    match (kind, size) {
        (K::Primary, S::Small) => "btn btn-primary btn-sm",
        (K::Primary, S::Medium) => "btn btn-primary",
        (K::Primary, S::Large) => "btn btn-primary btn-lg",
        (K::Secondary, S::Small) => "btn btn-secondary btn-sm",
        (K::Secondary, S::Medium) => "btn btn-secondary",
        (K::Secondary, S::Large) => "btn btn-secondary btn-lg",
        (K::Ghost, S::Small) => "btn btn-ghost btn-sm",
        (K::Ghost, S::Medium) => "btn btn-ghost",
        (K::Ghost, S::Large) => "btn btn-ghost btn-lg",
        (K::Danger, S::Small) => "btn btn-danger btn-sm",
        (K::Danger, S::Medium) => "btn btn-danger",
        (K::Danger, S::Large) => "btn btn-danger btn-lg",
    }
}

/// A button that submits its form under a name and a value, or one that a script acts on.
#[component]
pub fn Button(
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] size: ButtonSize,
    #[prop(optional)] icon: Option<Glyph>,
    /// With a name the button submits its form and sends `name=value`; without one it does nothing by itself.
    #[prop(into, optional)]
    name: String,
    #[prop(into, optional)] value: String,
    #[prop(optional)] disabled: bool,
    /// The whole sentence for a screen reader, where the visible word alone does not say what it acts on: "Disable production".
    #[prop(into, optional)]
    label: String,
    children: Children,
) -> impl IntoView {
    let submits = !name.is_empty();
    view! {
        <button
            class=button_class(kind, size)
            type=if submits { "submit" } else { "button" }
            name=submits.then_some(name)
            value=submits.then_some(value)
            disabled=disabled
            aria-label=some(label)
        >
            {icon.map(|glyph| view! { <Icon glyph/> })}
            <span>{children()}</span>
        </button>
    }
}

/// A link that looks like a button: it leads somewhere and changes nothing.
#[component]
pub fn ButtonLink(
    #[prop(into)] href: String,
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] size: ButtonSize,
    #[prop(optional)] icon: Option<Glyph>,
    #[prop(into, optional)] label: String,
    /// Leads out of the console: opens by itself and says so.
    #[prop(optional)]
    external: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <a
            class=button_class(kind, size)
            href=href
            aria-label=some(label)
            rel=external.then_some("external noopener noreferrer")
            target=external.then_some("_blank")
        >
            {icon.map(|glyph| view! { <Icon glyph/> })}
            <span>{children()}</span>
            {external.then(|| view! { <Icon glyph=Glyph::ArrowUpRight/><span class="sr-only">"(new tab)"</span> })}
        </a>
    }
}

/// The button that sends its form. While the answer is on its way it turns where it stands, and a second press does nothing.
#[component]
pub fn SubmitButton(
    #[prop(default = ButtonKind::Primary)] kind: ButtonKind,
    #[prop(optional)] size: ButtonSize,
    #[prop(optional)] icon: Option<Glyph>,
    #[prop(into, optional)] name: String,
    #[prop(into, optional)] value: String,
    #[prop(into, optional)] label: String,
    /// As wide as its form.
    #[prop(optional)]
    wide: bool,
    children: Children,
) -> impl IntoView {
    let named = !name.is_empty();
    view! {
        <button
            class=format!("{}{}", button_class(kind, size), if wide { " w-full" } else { "" })
            type="submit"
            name=named.then_some(name)
            value=named.then_some(value)
            aria-label=some(label)
            data-submit=""
        >
            {icon.map(|glyph| view! { <Icon glyph/> })}
            <span>{children()}</span>
            <span class="spinner" aria-hidden="true"></span>
        </button>
    }
}

/// A row of buttons; the main one comes first, in the document as on the screen.
#[component]
pub fn ButtonRow(children: Children) -> impl IntoView {
    view! { <div class="flex flex-wrap items-center gap-2">{children()}</div> }
}

/// A button that shows an icon alone; its name is there for screen readers and as a hint on hover. With `href` it is a link.
#[component]
pub fn IconButton(
    glyph: Glyph,
    #[prop(into)] label: String,
    #[prop(into, optional)] href: String,
    #[prop(into, optional)] name: String,
    #[prop(into, optional)] value: String,
    #[prop(optional)] danger: bool,
) -> impl IntoView {
    let class = if danger { "btn-icon btn-icon-danger" } else { "btn-icon" };
    let title = label.clone();
    if href.is_empty() {
        let submits = !name.is_empty();
        Either::Left(view! {
            <button
                class=class
                type=if submits { "submit" } else { "button" }
                name=submits.then_some(name)
                value=submits.then_some(value)
                aria-label=label
                title=title
            >
                <Icon glyph/>
            </button>
        })
    } else {
        Either::Right(view! { <a class=class href=href aria-label=label title=title><Icon glyph/></a> })
    }
}

/// An attribute's text, or no attribute where it is empty.
pub(super) fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::testing::html;

    #[test]
    fn a_button_submits_only_under_a_name() {
        assert!(html(|| view! { <Button>"Copy"</Button> }).contains("type=\"button\""));
        let named = html(|| view! { <Button name="do" value="disable">"Disable"</Button> });
        assert!(named.contains("type=\"submit\"") && named.contains("name=\"do\"") && named.contains("value=\"disable\""), "{named}");
    }

    #[test]
    fn external_links_say_so_and_icons_have_names() {
        let link = html(|| view! { <ButtonLink href="https://example.com" external=true>"Docs"</ButtonLink> });
        assert!(link.contains("(new tab)") && link.contains("noopener"), "{link}");
        let icon = html(|| view! { <IconButton glyph=Glyph::Trash2 label="Remove production" href="/x"/> });
        assert!(icon.starts_with("<a ") && icon.contains("aria-label=\"Remove production\""), "{icon}");
    }
}
