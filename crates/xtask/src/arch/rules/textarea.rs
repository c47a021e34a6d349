//! Leptos 0.8 writes the text of a `<textarea>` unescaped into the page.

use crate::arch::{Finding, Rule};

const THE_PLACE: &str = "app/src/kit/text_area.rs";

pub const RULE: Rule = Rule {
    says: "<textarea> is written in app/src/kit/text_area.rs only, which escapes its text",
    remedy: "use the kit's TextArea",
    check: |facts| {
        let mut findings = Vec::new();
        for source in facts.sources.iter().filter(|source| source.krate() == "app" && source.path != THE_PLACE) {
            for mention in &source.mentions {
                let element = mention.is_element && mention.path == ["textarea"];
                if element || mention.contains(&["html", "textarea"]) {
                    findings.push(Finding::new(source.at(mention.line), "writes a <textarea>"));
                }
            }
        }
        findings
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arch::rules::fixture::in_source;

    #[test]
    fn a_second_textarea_is_found() {
        let text = "fn f() { view! { <form><textarea name=\"sql\">{text}</textarea></form> } }";
        assert_eq!(in_source(&RULE, "app/src/islands/editor.rs", text).len(), 1);
        assert!(in_source(&RULE, THE_PLACE, text).is_empty());
        assert_eq!(in_source(&RULE, "app/src/pages/sql.rs", "use leptos::html::textarea;").len(), 1);
    }
}
