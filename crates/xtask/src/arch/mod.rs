//! `cargo x arch`: the rules of ARCHITECTURE.md that a program can check.
//!
//! [`facts`] reads the manifests and the sources once; every rule in [`rules`] is a function over them.

mod facts;
mod metadata;
mod rules;
mod scan;

pub use facts::{Facts, Source};
pub use metadata::{Dependency, Kind, Package};

use anyhow::{Result, bail};

use crate::ui::{Step, Ui};
use crate::workspace::Workspace;

/// One rule: what it says, how to satisfy it, and who breaks it.
#[derive(Clone, Copy)]
pub struct Rule {
    pub says: &'static str,
    pub remedy: &'static str,
    pub check: fn(&Facts) -> Vec<Finding>,
}

/// A place that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// `crates/kernel/Cargo.toml`, or `app/src/lib.rs:12`.
    pub place: String,
    /// What is there: "depends on `axum`".
    pub found: String,
}

impl Finding {
    pub fn new(place: impl Into<String>, found: impl Into<String>) -> Self {
        Self { place: place.into(), found: found.into() }
    }
}

/// How many rules hold, how many are broken, and everything there is to say about those.
#[derive(Debug, Default)]
pub struct Report {
    pub kept: usize,
    pub broken: usize,
    pub text: String,
}

/// Checks every rule.
pub fn check(workspace: &Workspace, step: &Step) -> Result<Report> {
    let facts = Facts::gather(workspace, step)?;
    let mut report = Report::default();
    for rule in rules::ALL {
        let findings = (rule.check)(&facts);
        if findings.is_empty() {
            report.kept += 1;
        } else {
            report.broken += 1;
            report.text.push_str(&described(rule, &findings));
        }
    }
    Ok(report)
}

/// The command itself.
pub fn command(workspace: &Workspace, ui: &Ui) -> Result<()> {
    let step = ui.step("Architecture");
    let report = check(workspace, &step)?;
    if report.broken > 0 {
        drop(step);
        bail!("{} of {} rules are broken\n\n{}", report.broken, report.broken + report.kept, report.text.trim_end());
    }
    step.done_with(&format!("{} rules kept", report.kept));
    Ok(())
}

fn described(rule: &Rule, findings: &[Finding]) -> String {
    let places: String = findings.iter().map(|finding| format!("{}: {}\n", finding.place, finding.found)).collect();
    format!("{places}  rule:   {}\n  remedy: {}\n\n", rule.says, rule.remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_place_rule_and_remedy() {
        let rule = Rule { says: "no cycles", remedy: "turn it round", check: |_| Vec::new() };
        let text = described(&rule, &[Finding::new("a.rs:3", "mentions `b`")]);
        assert_eq!(text, "a.rs:3: mentions `b`\n  rule:   no cycles\n  remedy: turn it round\n\n");
    }
}
