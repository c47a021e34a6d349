//! A secret, shown once.

use super::form::element_id;
use super::{Glyph, Icon};
use crate::islands::{CopyButton, SecretGuard};
use leptos::prelude::*;

/// The secret in a mono box that a click selects whole, its copy button, and the line that it is shown once.
///
/// Leaving without copying asks once. The button that confirms the storing carries `data-stored`, see `StoredButton`.
#[component]
pub fn SecretBox(
    /// Names the box in its page.
    #[prop(into)]
    id: String,
    /// What it is: "API key".
    #[prop(into)]
    name: String,
    #[prop(into)] secret: String,
) -> impl IntoView {
    let id = element_id(&id);
    let copied = secret.clone();
    view! {
        <div class="secret" id=id role="group" aria-label=name>
            <div class="secret-box">
                <code class="secret-text" translate="no">{secret}</code>
                <CopyButton text=copied name=name.clone() icon_only=false/>
            </div>
            <p class="secret-line"><Icon glyph=Glyph::TriangleAlert/>{format!("Store this {name} now. It is shown only once.")}</p>
            <SecretGuard target=id.clone()/>
        </div>
    }
    .into_any()
}

/// "I've stored it securely" and "Done": leads on, and tells the guard that nothing has to be asked.
#[component]
pub fn StoredButton(#[prop(into)] href: String, children: Children) -> impl IntoView {
    view! { <a class="btn btn-primary" href=href data-stored="" data-no-prefetch="">{children()}</a> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::testing::html;

    #[test]
    fn the_secret_stands_once_as_text_and_says_that_it_is_shown_once() {
        let html = html(|| view! { <SecretBox id="new-key" name="API key" secret="ppk_x"/> });
        assert_eq!(html.matches(">ppk_x<").count(), 1, "{html}");
        assert!(html.contains("It is shown only once.") && html.contains("aria-label=\"API key\""), "{html}");
    }
}
