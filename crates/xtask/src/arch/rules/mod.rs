//! The rules, one concept a file; each has a test that shows a violation being found.

mod calls;
mod dialling;
mod domain;
mod edges;
mod kernel;
mod sql;
mod textarea;
mod wasm;
mod wire;

use super::Rule;

/// All of them.
pub const ALL: &[Rule] = &[
    edges::RULE,
    edges::SERVER_ONLY,
    domain::MANIFESTS,
    domain::SOURCES,
    kernel::RULE,
    dialling::DRIVERS,
    dialling::SOCKETS,
    dialling::CACHE,
    sql::RULE,
    calls::RULE,
    wasm::RULE,
    wire::RULE,
    textarea::RULE,
];

/// The crates that decide, as opposed to the faces that translate.
const DOMAIN: [&str; 7] = ["kernel", "control", "upstream", "provisioning", "accelerate", "pulse", "studio"];

#[cfg(test)]
mod fixture {
    use crate::arch::metadata::{self, Package};
    use crate::arch::{Facts, Rule, Source};

    /// A rule's findings in one file.
    pub fn in_source(rule: &Rule, path: &str, text: &str) -> Vec<String> {
        let facts = Facts { sources: vec![Source::parse(path, text).unwrap()], ..Facts::default() };
        shown(rule, &facts)
    }

    /// A rule's findings in manifests, which are given as `cargo metadata` would.
    pub fn in_manifests(rule: &Rule, packages: &str) -> Vec<String> {
        let packages: Vec<Package> = metadata::parse(&format!(r#"{{"packages":[{packages}]}}"#)).unwrap();
        shown(rule, &Facts { packages, ..Facts::default() })
    }

    pub fn shown(rule: &Rule, facts: &Facts) -> Vec<String> {
        (rule.check)(facts).iter().map(|finding| format!("{}: {}", finding.place, finding.found)).collect()
    }
}
