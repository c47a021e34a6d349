//! `cargo x bench NAME`: how fast it is, beside its peers and in one run.
//!
//! A benchmark prints a table for people, then one JSON line of figures for programs. It measures its subject and its
//! peers in interleaved rounds, so that a noisy minute hits all of them alike, and asserts its limits.

mod accelerate;
mod keys;
mod load;

use anyhow::Result;
use serde_json::Value;

use crate::registry::{self, Named};
use crate::ui::Ui;
use crate::workspace::Workspace;

/// One benchmark; each is a file beside this one and a line in [`ALL`].
pub trait Benchmark: Named {
    /// Measures, prints the table, and answers with the figures; fails when a limit is missed.
    fn run(&self, workspace: &Workspace, ui: &Ui) -> Result<Value>;
}

/// All there are.
pub const ALL: &[&dyn Benchmark] = &[&keys::Keys, &accelerate::Accelerate];

const KIND: &str = "benchmark";

/// The command itself; without a name it lists what there is.
pub fn command(workspace: &Workspace, ui: &Ui, name: Option<&str>) -> Result<()> {
    let Some(name) = name else {
        print!("{}", registry::list(KIND, ALL));
        return Ok(());
    };
    let figures = registry::find(KIND, ALL, name)?.run(workspace, ui)?;
    println!("{figures}");
    Ok(())
}
