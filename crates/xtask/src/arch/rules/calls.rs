//! The console reaches the domain through its server functions alone.

use super::DOMAIN;
use crate::arch::{Finding, Rule};

pub const RULE: Rule = Rule {
    says: "app mentions domain crates in app/src/calls/ only",
    remedy: "write a server function in app/src/calls/ and call that from the page or island",
    check: |facts| {
        let mut findings = Vec::new();
        let sources = facts.sources.iter().filter(|source| source.krate() == "app" && !source.is_test());
        for source in sources.filter(|source| !source.path.starts_with("app/src/calls/")) {
            for mention in &source.mentions {
                if DOMAIN.iter().any(|krate| *krate != "kernel" && mention.is_into(krate)) {
                    findings.push(Finding::new(source.at(mention.line), format!("mentions `{}`", mention.shown())));
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
    fn a_page_that_asks_the_domain_is_found() {
        let text = "use control::keys;\nuse kernel::Slug;";
        assert_eq!(
            in_source(&RULE, "app/src/pages/keys.rs", text),
            ["app/src/pages/keys.rs:1: mentions `control::keys`"]
        );
        assert!(in_source(&RULE, "app/src/calls/keys.rs", text).is_empty());
    }
}
