//! Numbers that cross from 64 bits on the server to 32 bits in the browser.

use crate::arch::{Finding, Rule};

pub const RULE: Rule = Rule {
    says: "no usize or isize in signatures of app/src/calls nor in types that serde writes there and in kernel",
    remedy: "use u32, u64 or i64, which are the same on both sides",
    check: |facts| {
        let calls = |path: &str| path.starts_with("app/src/calls/");
        let mut findings = Vec::new();
        for source in facts.sources.iter().filter(|source| calls(&source.path) || source.krate() == "kernel") {
            let signatures = calls(&source.path);
            for usage in source.usages.iter().filter(|usage| usage.in_type || signatures) {
                findings.push(Finding::new(source.at(usage.line), format!("sends a `{}`", usage.name)));
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
    fn a_machine_sized_number_on_the_wire_is_found() {
        let call = "async fn page(number: usize) {}";
        assert_eq!(in_source(&RULE, "app/src/calls/keys.rs", call), ["app/src/calls/keys.rs:1: sends a `usize`"]);
        let typed = "#[derive(Deserialize)]\nstruct Page { size: usize }";
        assert_eq!(in_source(&RULE, "crates/kernel/src/page.rs", typed).len(), 1);
    }

    #[test]
    fn a_function_of_the_kernel_may_count() {
        assert!(in_source(&RULE, "crates/kernel/src/page.rs", "const fn len() -> usize { 1 }").is_empty());
    }
}
