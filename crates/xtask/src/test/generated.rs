//! Files that programs write and people commit: are they what the programs would write today?

use std::process::Command;

use anyhow::Result;

use super::context::Context;
use super::stage::Outcome;
use crate::fingerprint::{Inputs, Stamp};
use crate::process;
use crate::queries;
use crate::tally::Tally;
use crate::ui::Step;
use crate::workspace::Workspace;

/// The folders of npm packages.
const PACKAGES: [&str; 7] = [
    "style",
    "end2end",
    "end2end/clients/accelerate-v6",
    "end2end/clients/accelerate-v7",
    "end2end/clients/pulse-v6",
    "end2end/clients/pulse-v7",
    "end2end/bench/executor",
];

/// Cargo.lock, the lock files of npm, and the checked queries.
pub fn run(context: &mut Context, step: &Step) -> Result<Outcome> {
    let mut outcome = locked(cargo_lock(context.workspace), "Cargo.lock", "cargo build", step)?;
    for folder in PACKAGES {
        let lock = format!("{folder}/package-lock.json");
        let remedy = format!("npm install --ignore-scripts, in {folder}");
        outcome = outcome.and(locked(npm_lock(context.workspace, folder), &lock, &remedy, step)?);
    }
    Ok(outcome.and(checked_queries(context.workspace, step)?))
}

fn cargo_lock(workspace: &Workspace) -> Command {
    let mut command = workspace.cargo("metadata");
    command.args(["--locked", "--format-version", "1", "--no-deps", "--quiet"]);
    command
}

fn npm_lock(workspace: &Workspace, folder: &str) -> Command {
    let mut command = Command::new("npm");
    command.args(["ci", "--dry-run", "--ignore-scripts", "--no-audit", "--no-fund"]);
    command.current_dir(workspace.path(folder));
    command
}

fn locked(command: Command, file: &str, remedy: &str, step: &Step) -> Result<Outcome> {
    let finished = process::capture(command, |line| step.line(line))?;
    let passed = finished.status.success();
    let output = format!("{file} does not fit its manifest: run `{remedy}` and commit it\n\n{}\n", finished.output);
    Ok(Outcome { tally: Some(Tally::of(passed)), output: if passed { String::new() } else { output } })
}

/// Takes a database and a compilation, so it is skipped while nothing that matters has changed since it was right.
fn checked_queries(workspace: &Workspace, step: &Step) -> Result<Outcome> {
    let mut inputs = Inputs::new().file(&workspace.path("Cargo.lock"))?;
    for folder in queries::inputs(workspace) {
        inputs = inputs.tree(&folder)?;
    }
    let stamp = Stamp::of(workspace, "checked queries", inputs);
    if stamp.is_fresh(&[]) {
        return Ok(Outcome { tally: Some(Tally::of(true)), output: String::new() });
    }
    let differences = queries::differences(workspace, step)?;
    if differences.is_empty() {
        stamp.record(&[])?;
    }
    let output = format!("{}\n\nRun `cargo x sqlx` and commit what it writes.\n", differences.join("\n"));
    Ok(Outcome { tally: Some(Tally::of(differences.is_empty())), output })
}
