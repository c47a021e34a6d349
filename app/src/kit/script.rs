//! The page's own small script, and the rules of what the browser may fetch ahead.

use leptos::nonce::use_nonce;
use leptos::prelude::*;

/// Dialogs, menus, pending buttons, local times: everything here works without it, only slower.
#[component]
pub fn ConsoleScript() -> impl IntoView {
    view! { <script nonce=use_nonce() inner_html=include_str!("console.js")></script> }
}

/// Lets the browser fetch a page when the pointer rests on its link. Links that open a dialog, lead out or show a secret are left alone.
#[component]
pub fn SpeculationRules() -> impl IntoView {
    const RULES: &str = r#"{"prefetch":[{"where":{"and":[{"href_matches":"/*"},{"not":{"selector_matches":"[data-no-prefetch],[rel~=external],[download]"}}]},"eagerness":"moderate"}]}"#;
    view! { <script type="speculationrules" nonce=use_nonce() inner_html=RULES></script> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::testing::html;

    #[test]
    fn the_scripts_are_whole_and_cannot_close_early() {
        assert!(!include_str!("console.js").contains("</"), "a closing tag in a string would end the element");
        let html = html(|| view! { <ConsoleScript/><SpeculationRules/> });
        assert!(html.contains("showModal") && html.contains("\"eagerness\":\"moderate\""), "{html}");
    }
}
