//! Light, dark or the system's theme.

use crate::kit::{Glyph, Icon};
use crate::model::theme::Theme;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// Three buttons of a plain form: without a script they post `theme` to `action`; with one the page changes at once and a cookie remembers. `https`:
/// how people reach the console.
#[island]
pub fn ThemeSwitch(action: String, current: Theme, https: bool) -> impl IntoView {
    let (theme, set_theme) = signal(current);
    let buttons = Theme::ALL.map(|choice| {
        let glyph = match choice {
            Theme::System => Glyph::Monitor,
            Theme::Light => Glyph::Sun,
            Theme::Dark => Glyph::Moon,
        };
        view! {
            <button
                class="segment"
                type="submit"
                name="theme"
                value=choice.as_str()
                aria-pressed=move || if theme.get() == choice { "true" } else { "false" }
                title=format!("{} theme", choice.label())
                on:click=move |_| set_theme.set(choice)
            >
                <Icon glyph/>
                <span class="sr-only">{format!("{} theme", choice.label())}</span>
            </button>
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        apply(theme.get_untracked(), https);
    };
    view! {
        <form class="theme-switch" method="post" action=action on:submit=submit>
            <input type="hidden" name="_form" value="theme"/>
            <span class="flex-1">"Theme"</span>
            <span class="segments" role="group" aria-label="Theme">{buttons.into_iter().collect_view()}</span>
        </form>
    }
}

fn apply(theme: Theme, https: bool) {
    use leptos::wasm_bindgen::JsCast;
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    if let Some(html) = document.dyn_ref::<web_sys::HtmlDocument>() {
        // A browser that refuses cookies keeps the theme for this page.
        let _ = html.set_cookie(&theme.set_cookie(https));
    }
    if let Some(root) = document.document_element() {
        let _ = root.set_attribute("data-theme", theme.as_str());
    }
}
