//! What went wrong, and what has to be known.

use super::button::button_class;
use super::{ButtonKind, ButtonSize, Glyph, Icon, Tone};
use kernel::Problem;
use leptos::prelude::*;

/// A part of a page that could not be shown: what, why, and another try.
#[component]
pub fn InlineError(
    /// What is missing: "The API keys could not be loaded."
    #[prop(into)]
    title: String,
    /// Why, and what to do.
    problem: Problem,
    /// The page itself, for another try; without it there is nothing to retry.
    #[prop(into, optional)]
    retry: String,
) -> impl IntoView {
    let retry = (!retry.is_empty()).then(|| {
        view! {
            <a class=button_class(ButtonKind::Secondary, ButtonSize::Small) href=retry>
                <Icon glyph=Glyph::RotateCw/>
                <span>"Try again"</span>
            </a>
        }
    });
    view! {
        <div class="panel-error" role="alert">
            <Icon glyph=Glyph::CircleAlert class="icon-20 text-danger"/>
            <div class="min-w-0">
                <p class="font-medium">{title}</p>
                <p class="text-muted">{problem.detail}</p>
            </div>
            {retry}
        </div>
    }
    .into_any()
}

/// A sentence that stands in the page.
#[component]
pub fn Notice(
    #[prop(optional)] tone: Tone,
    /// In bold, before the rest.
    #[prop(into, optional)]
    title: String,
    children: Children,
) -> impl IntoView {
    let (class, glyph) = look(tone);
    view! {
        <div class=class>
            <Icon glyph/>
            <div class="min-w-0">
                {(!title.is_empty()).then(|| view! { <p class="font-medium">{title}</p> })}
                {children()}
            </div>
        </div>
    }
    .into_any()
}

/// A line across the top of every page: "This server is reached over http".
#[component]
pub fn Banner(#[prop(optional)] tone: Tone, children: Children) -> impl IntoView {
    let (class, glyph) = look(tone);
    view! {
        <aside class=format!("banner {class}") aria-label="About this server">
            <Icon glyph/>
            <p>{children()}</p>
        </aside>
    }
    .into_any()
}

const fn look(tone: Tone) -> (&'static str, Glyph) {
    match tone {
        Tone::Neutral => ("notice", Glyph::Info),
        Tone::Accent => ("notice notice-accent", Glyph::Info),
        Tone::Ok => ("notice notice-ok", Glyph::CircleCheck),
        Tone::Warn => ("notice notice-warn", Glyph::TriangleAlert),
        Tone::Danger => ("notice notice-danger", Glyph::CircleAlert),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::testing::html;

    #[test]
    fn an_inline_error_says_what_why_and_how_to_retry() {
        let problem = Problem::unavailable("The database does not answer. Wait a moment.");
        let html = html(move || view! { <InlineError title="The keys could not be loaded." problem retry="/keys"/> });
        for part in ["role=\"alert\"", "could not be loaded", "does not answer", "href=\"/keys\"", "Try again"] {
            assert!(html.contains(part), "{part} in {html}");
        }
    }
}
