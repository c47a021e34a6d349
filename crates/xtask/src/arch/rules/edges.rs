//! Who may depend on whom.

use crate::arch::{Dependency, Facts, Finding, Kind, Package, Rule};

/// A crate and what it may use of ours when it runs; tests may use `testkit` besides.
const ALLOWED: [(&str, &[&str]); 15] = [
    ("kernel", &[]),
    ("control", &["kernel"]),
    ("upstream", &["kernel"]),
    ("provisioning", &["kernel"]),
    ("accelerate", &["kernel", "upstream"]),
    ("pulse", &["kernel", "upstream"]),
    ("studio", &["kernel", "upstream"]),
    ("client", &["kernel"]),
    ("cli", &["client", "kernel"]),
    ("app", &["kernel", "control", "upstream", "provisioning", "accelerate", "pulse", "studio"]),
    ("frontend", &["app"]),
    ("testkit", &["kernel", "control", "provisioning"]),
    ("xtask", &["testkit", "provisioning"]),
    ("bench", &["kernel", "control"]),
    (
        SERVER,
        &["kernel", "control", "upstream", "provisioning", "accelerate", "pulse", "studio", "client", "cli", "app"],
    ),
];
const SERVER: &str = "pentaprism";

pub const RULE: Rule = Rule {
    says: "crates depend on each other in one direction only, kernel <- control, upstream, provisioning <- products <- app <- server",
    remedy: "declare a port trait where it is needed and implement it in src/boot, or move the shared word to kernel",
    check: |facts| {
        let mut findings = Vec::new();
        for package in &facts.packages {
            let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == package.name) else {
                findings.push(Finding::new(
                    manifest(package),
                    "is a new crate: say what it may use in arch/rules/edges.rs",
                ));
                continue;
            };
            for dependency in ours(package, facts) {
                if !is_allowed(dependency, allowed) {
                    findings.push(depends(package, dependency));
                }
            }
        }
        findings
    },
};

pub const SERVER_ONLY: Rule = Rule {
    says: "app uses domain crates on the server alone: as optional dependencies that nothing but its feature `ssr` turns on",
    remedy: "write `optional = true` and name it as `dep:NAME` under `ssr`",
    check: |facts| {
        let mut findings = Vec::new();
        for app in facts.packages.iter().filter(|package| package.name == "app") {
            for dependency in ours(app, facts).filter(|used| used.kind == Kind::Normal && used.name != "kernel") {
                let turned_on = app.features.iter().any(|(feature, list)| {
                    feature != "ssr" && list.iter().any(|item| *item == format!("dep:{}", dependency.name))
                });
                if !dependency.optional || turned_on {
                    findings.push(depends(app, dependency));
                }
            }
        }
        findings
    },
};

fn is_allowed(dependency: &Dependency, allowed: &[&str]) -> bool {
    match dependency.kind {
        Kind::Dev => dependency.name == "testkit" || allowed.contains(&dependency.name.as_str()),
        Kind::Normal | Kind::Build => allowed.contains(&dependency.name.as_str()),
    }
}

fn ours<'a>(package: &'a Package, facts: &'a Facts) -> impl Iterator<Item = &'a Dependency> {
    package.dependencies.iter().filter(|used| {
        ALLOWED.iter().any(|(name, _)| *name == used.name) || facts.packages.iter().any(|ours| ours.name == used.name)
    })
}

fn depends(package: &Package, dependency: &Dependency) -> Finding {
    Finding::new(manifest(package), format!("depends on `{}`", dependency.name))
}

fn manifest(package: &Package) -> String {
    format!("Cargo.toml of {}", package.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arch::rules::fixture::in_manifests;

    #[test]
    fn an_edge_against_the_stream_is_found() {
        let kernel = r#"{"name":"kernel","dependencies":[{"name":"control"},{"name":"serde"}]}"#;
        assert_eq!(in_manifests(&RULE, kernel), ["Cargo.toml of kernel: depends on `control`"]);
    }

    #[test]
    fn nobody_uses_the_server_and_testkit_is_for_tests() {
        let control = r#"{"name":"control","dependencies":[{"name":"testkit","kind":"dev"},{"name":"pentaprism"}]}"#;
        assert_eq!(in_manifests(&RULE, control), ["Cargo.toml of control: depends on `pentaprism`"]);
        let server = r#"{"name":"pentaprism","dependencies":[{"name":"testkit"}]}"#;
        assert_eq!(in_manifests(&RULE, server).len(), 1);
    }

    #[test]
    fn a_crate_without_a_line_in_the_table_is_found() {
        assert_eq!(in_manifests(&RULE, r#"{"name":"helpers"}"#).len(), 1);
    }

    #[test]
    fn app_needs_domain_crates_under_ssr_alone() {
        let app = |optional: bool, feature: &str| {
            let dependency = format!(r#"{{"name":"control","optional":{optional}}}"#);
            format!(r#"{{"name":"app","dependencies":[{dependency}],"features":{{"{feature}":["dep:control"]}}}}"#)
        };
        assert!(in_manifests(&SERVER_ONLY, &app(true, "ssr")).is_empty());
        assert_eq!(in_manifests(&SERVER_ONLY, &app(true, "hydrate")).len(), 1);
        assert_eq!(in_manifests(&SERVER_ONLY, &app(false, "ssr")).len(), 1);
    }
}
