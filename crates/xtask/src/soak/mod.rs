//! `cargo x soak NAME`: proofs that take longer than a minute, such as floods, kills and long loads.
//!
//! A soak ends with one JSON line. Its short form, a minute at most, is part of `cargo x test`; the same seed makes the
//! same choices.

mod accelerate;
mod client;
mod console;
mod dice;
mod fuzz;
mod pulse;
pub mod stats;
pub mod system;

use anyhow::Result;
use serde_json::Value;

use crate::registry::{self, Named};
use crate::ui::Ui;
use crate::workspace::Workspace;

/// How long and with which choices.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    pub short: bool,
    pub seed: u64,
}

/// One soak; each is a file beside this one and a line in [`ALL`].
pub trait Soak: Named {
    /// Runs it and answers with what it saw; fails when what it proves does not hold.
    fn run(&self, workspace: &Workspace, ui: &Ui, options: Options) -> Result<Value>;
}

/// All there are.
pub const ALL: &[&dyn Soak] = &[&console::Console, &accelerate::Accelerate, &pulse::Pulse, &fuzz::Fuzz];

const KIND: &str = "soak";

/// The command itself; without a name it lists what there is.
pub fn command(workspace: &Workspace, ui: &Ui, name: Option<&str>, options: Options) -> Result<()> {
    let Some(name) = name else {
        print!("{}", registry::list(KIND, ALL));
        return Ok(());
    };
    let seen = registry::find(KIND, ALL, name)?.run(workspace, ui, options)?;
    println!("{seen}");
    Ok(())
}
