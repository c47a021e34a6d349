//! Domain crates know nothing of the faces: no web framework, no command line, no HTTP status.

use super::DOMAIN;
use crate::arch::{Facts, Finding, Rule};

/// A crate of one of these families, by the beginning of its name.
const FACES: [&str; 4] = ["axum", "leptos", "clap", "tower_http"];

pub const MANIFESTS: Rule = Rule {
    says: "domain crates depend on no web framework and no command line parser",
    remedy: "decide in the domain crate and translate in src/ or app/",
    check: |facts| {
        let domain = facts.packages.iter().filter(|package| DOMAIN.contains(&package.name.as_str()));
        let face = |name: &str| FACES.iter().any(|face| name.replace('-', "_").starts_with(face));
        domain
            .flat_map(|package| {
                let used = package.dependencies.iter().filter(|used| face(&used.name));
                used.map(|used| {
                    Finding::new(format!("Cargo.toml of {}", package.name), format!("depends on `{}`", used.name))
                })
            })
            .collect()
    },
};

pub const SOURCES: Rule = Rule {
    says: "domain crates mention no web framework, no command line parser and no HTTP status code",
    remedy: "return a kernel::Problem; the faces give it a status (app/src/calls/respond.rs, src/data_api)",
    check: |facts: &Facts| {
        let mut findings = Vec::new();
        for source in facts.sources.iter().filter(|source| DOMAIN.contains(&source.krate())) {
            for mention in &source.mentions {
                let face = FACES.iter().any(|face| mention.is_into(face));
                if face || mention.path.iter().any(|part| part == "StatusCode") {
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
    use crate::arch::rules::fixture::{in_manifests, in_source};

    #[test]
    fn a_framework_in_a_manifest_is_found() {
        let control = r#"{"name":"control","dependencies":[{"name":"axum-extra"},{"name":"sqlx"}]}"#;
        assert_eq!(in_manifests(&MANIFESTS, control), ["Cargo.toml of control: depends on `axum-extra`"]);
        assert!(in_manifests(&MANIFESTS, r#"{"name":"app","dependencies":[{"name":"leptos"}]}"#).is_empty());
    }

    #[test]
    fn a_status_code_in_a_domain_crate_is_found() {
        let text = "\nfn f() -> http::StatusCode { http::StatusCode::OK }";
        let path = "crates/control/src/keys/create.rs";
        assert_eq!(in_source(&SOURCES, path, text)[0], format!("{path}:2: mentions `http::StatusCode`"));
        assert!(in_source(&SOURCES, "src/web/router.rs", text).is_empty());
    }
}
