//! What can be said about the sources without running them.

use std::process::Command;

use anyhow::Result;

use super::context::Context;
use super::stage::Outcome;
use crate::cluster::NATIVE;
use crate::tally::Tally;
use crate::tools::wasm;
use crate::ui::Step;
use crate::{arch, process, web};

/// rustfmt over every crate.
pub fn fmt(context: &mut Context, step: &Step) -> Result<Outcome> {
    let mut command = context.workspace.cargo("fmt");
    command.args(["--all", "--check", "--", "--color=never"]);
    checked(command, step)
}

/// Clippy twice: for this machine, where `app` is what the server renders, and for the browser.
pub fn clippy(context: &mut Context, step: &Step) -> Result<Outcome> {
    let mut native = context.workspace.cargo("clippy");
    // With the doors for cargo-fuzz, which nothing else in the workspace builds.
    native.args(NATIVE).args(["--all-targets", "--features", "accelerate/fuzzing", "--", "-D", "warnings"]);
    let mut browser = wasm::Compiler::find(context.workspace, context.ui)?.cargo(context.workspace, "clippy");
    browser.args(["--package", "frontend", "--package", "app", "--features", "app/hydrate", "--", "-D", "warnings"]);
    Ok(checked(native, step)?.and(checked(browser, step)?))
}

/// Each rule is one check.
pub fn arch(context: &mut Context, step: &Step) -> Result<Outcome> {
    let report = arch::check(context.workspace, step)?;
    let tally = Tally { passed: report.kept as u64, failed: report.broken as u64 };
    Ok(Outcome { tally: Some(tally), output: report.text })
}

/// The assets are made, and a first visit is within its budget.
pub fn assets(context: &mut Context, _: &Step) -> Result<Outcome> {
    web::make(context.workspace, context.ui)?;
    web::check_budget(context.workspace)?;
    Ok(Outcome { tally: Some(Tally::of(true)), output: String::new() })
}

fn checked(command: Command, step: &Step) -> Result<Outcome> {
    process::capture(command, |line| step.line(line)).map(Outcome::of_program)
}
