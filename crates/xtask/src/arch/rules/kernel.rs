//! The kernel stays light: it is compiled into every crate, and into the browser.

use crate::arch::{Finding, Rule};

const ALLOWED: [&str; 5] = ["serde", "serde_json", "thiserror", "time", "uuid"];

pub const RULE: Rule = Rule {
    says: "kernel depends on serde, serde_json, thiserror, time and uuid and on nothing heavier",
    remedy: "write the few lines that are needed, or put the code that needs more into the crate that uses it",
    check: |facts| {
        let kernel = facts.packages.iter().filter(|package| package.name == "kernel");
        kernel
            .flat_map(|kernel| kernel.needs().filter(|used| !ALLOWED.contains(&used.name.as_str())))
            .map(|used| Finding::new("Cargo.toml of kernel", format!("depends on `{}`", used.name)))
            .collect()
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arch::rules::fixture::in_manifests;

    #[test]
    fn a_heavy_dependency_is_found_and_one_of_tests_is_not() {
        let kernel =
            r#"{"name":"kernel","dependencies":[{"name":"serde"},{"name":"regex"},{"name":"proptest","kind":"dev"}]}"#;
        assert_eq!(in_manifests(&RULE, kernel), ["Cargo.toml of kernel: depends on `regex`"]);
    }
}
