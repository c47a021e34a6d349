//! `cargo x test`: everything that has to be green before a change lands, ending in one line `N passed, N failed`.

mod context;
mod e2e;
mod generated;
mod lints;
mod registered;
mod stage;
mod unit;

use std::time::Instant;

use anyhow::{Result, bail};

use crate::process::Interrupted;
use crate::tally::Tally;
use crate::ui::{Ui, duration};
use crate::workspace::Workspace;
use context::Context;
use stage::{Outcome, Stage};

/// In this order: what is fast and often wrong comes first.
const STAGES: [Stage; 9] = [
    Stage { name: "fmt", about: "Formatting", run: lints::fmt },
    Stage { name: "clippy", about: "Lints, native and wasm", run: lints::clippy },
    Stage { name: "arch", about: "Architecture", run: lints::arch },
    Stage { name: "generated", about: "Generated files", run: generated::run },
    Stage { name: "assets", about: "Assets and their budget", run: lints::assets },
    Stage { name: "unit", about: "Unit and integration tests", run: unit::run },
    Stage { name: "e2e", about: "Journeys in a browser", run: e2e::run },
    Stage { name: "clients", about: "Official clients", run: registered::clients },
    Stage { name: "soak", about: "Soaks, short", run: registered::soaks },
];

/// The names of the stages, for the help.
pub fn names() -> String {
    STAGES.map(|stage| stage.name).join(", ")
}

/// Runs the named stages, or all, and prints the sum.
pub fn command(workspace: &Workspace, ui: &Ui, wanted: &[String]) -> Result<Tally> {
    for name in wanted {
        if !STAGES.iter().any(|stage| stage.name == name) {
            bail!("there is no stage `{name}`; there are {}.", names());
        }
    }
    let begun = Instant::now();
    let mut context = Context::new(workspace, ui);
    let mut sum = Tally::default();
    for stage in STAGES.iter().filter(|stage| wanted.is_empty() || wanted.iter().any(|name| name == stage.name)) {
        sum += run(stage, &mut context)?;
    }
    // Whatever the stages have shared is stopped before the result is told.
    drop(context);
    eprintln!("{:<46} {}", "", duration(begun.elapsed()));
    println!("{sum}");
    Ok(sum)
}

/// Runs one stage; only Ctrl-C keeps the next from running.
fn run(stage: &Stage, context: &mut Context) -> Result<Tally> {
    let step = context.ui.step(stage.about);
    let outcome = match (stage.run)(context, &step) {
        Ok(outcome) => outcome,
        Err(error) if error.is::<Interrupted>() => return Err(error),
        Err(error) => Outcome::failed(format!("{error:#}")),
    };
    let Some(tally) = outcome.tally else {
        step.done_with(&outcome.output);
        return Ok(Tally::default());
    };
    // A part that checked nothing has failed, whatever it says.
    let tally = if tally == Tally::default() { Tally::of(false) } else { tally };
    if tally.is_green() {
        step.done_with(&tally.to_string());
    } else {
        step.failed(&tally.to_string());
        println!("\n{}\n", outcome.output.trim_end());
    }
    Ok(tally)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nothing(_: &mut Context, _: &crate::ui::Step) -> Result<Outcome> {
        Ok(Outcome { tally: Some(Tally::default()), output: String::new() })
    }

    fn error(_: &mut Context, _: &crate::ui::Step) -> Result<Outcome> {
        bail!("no compiler")
    }

    #[test]
    fn a_stage_that_checks_nothing_or_cannot_run_has_failed() {
        let (workspace, ui) = (Workspace::find().unwrap(), Ui::detect());
        let mut context = Context::new(&workspace, &ui);
        for run_it in [nothing, error] {
            let stage = Stage { name: "x", about: "x", run: run_it };
            assert_eq!(run(&stage, &mut context).unwrap(), Tally { passed: 0, failed: 1 });
        }
    }
}
