//! The only place with a `<textarea>`.

use super::button::some;
use super::field::{Frame, Label};
use leptos::prelude::*;

/// A field of several lines.
///
/// leptos 0.8 writes the child of a `<textarea>` without escaping it, so the text goes in as markup that was escaped here.
#[component]
pub fn TextArea(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(into, optional)] value: String,
    #[prop(into, optional)] help: String,
    #[prop(into, optional)] placeholder: String,
    #[prop(default = 4)] rows: u32,
    #[prop(optional)] optional: bool,
    #[prop(optional)] mono: bool,
    /// A secret, such as a connection string: not kept after a failure, not remembered by the browser.
    #[prop(optional)]
    secret: bool,
) -> impl IntoView {
    let frame = Frame::new(&name, help);
    let value = frame.kept.clone().filter(|_| !secret).unwrap_or(value);
    view! {
        <div class="field">
            <Label target=frame.id.clone() text=label optional hidden=false/>
            <textarea
                class=if mono { "input textarea font-mono" } else { "input textarea" }
                id=frame.id.clone()
                name=name
                rows=rows
                placeholder=some(placeholder)
                required=!optional
                autocomplete=secret.then_some("off")
                spellcheck=(mono || secret).then_some("false")
                aria-invalid=frame.invalid()
                aria-describedby=frame.described_by()
                inner_html=escape(&value)
            ></textarea>
            {frame.below()}
        </div>
    }
    .into_any()
}

/// A first line break would be dropped by the parser, so one more stands before it.
fn escape(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    if escaped.starts_with('\n') { format!("\n{escaped}") } else { escaped }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flash::Flash;
    use crate::kit::Form;
    use crate::kit::testing::{html, html_after};
    use kernel::Problem;

    const ATTACK: &str = "</textarea><script>alert(1)</script>&amp;";

    #[test]
    fn given_text_cannot_leave_the_element() {
        let html = html(|| view! { <TextArea name="ranges" label="Ranges" value=ATTACK/> });
        assert!(!html.contains("<script"), "{html}");
        assert!(html.contains("&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;</textarea>"), "{html}");
    }

    #[test]
    fn kept_text_cannot_either_and_a_secret_is_not_kept() {
        let after = |secret| {
            let problem = Problem::field("ranges", "Enter ranges.");
            let flash = Flash::failure("f", problem, vec![("ranges".into(), ATTACK.into())]);
            html_after(flash, move || {
                view! { <Form id="f" action="/"><TextArea name="ranges" label="Ranges" secret/></Form> }
            })
        };
        assert!(after(false).contains("&lt;script&gt;") && !after(false).contains("<script"));
        assert!(!after(true).contains("script"), "{}", after(true));
    }

    #[test]
    fn a_leading_line_break_survives() {
        assert_eq!(escape("\na"), "\n\na");
    }
}
