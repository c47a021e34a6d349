//! `cargo x soak pulse`: change streams while everything around them dies, stalls, changes and lies.

mod gap;
mod hostile;
mod kills;
mod ledger;
mod load;
mod owner;
mod schema;
mod stage;
mod stall;

use anyhow::{Context, Result};
use serde_json::{Map, Value};

use super::console::explained;
use super::{Options, Soak, system};
use crate::build::{self, Profile};
use crate::process::interrupt;
use crate::registry::Named;
use crate::ui::Ui;
use crate::web;
use crate::workspace::Workspace;
use stage::Stage;

/// `cargo x soak pulse`.
pub struct Pulse;

/// A proof: its name on the line that tells of it, and how it is made.
type Part = (&'static str, fn(&mut Stage<'_>) -> Result<Value>);

/// In this order: behind the gap there is none that the others could not tell from their own.
const PARTS: [Part; 7] = [
    ("Consumer, server and databases killed", kills::run),
    ("A consumer that does not read", stall::run),
    ("A load for a while", load::run),
    ("Tables changed in the middle", schema::run),
    ("Malformed upgrades and frames", hostile::run),
    ("The capturing node stopped", owner::run),
    ("The slot dropped by hand", gap::run),
];

impl Named for Pulse {
    fn name(&self) -> &'static str {
        "pulse"
    }

    fn about(&self) -> &'static str {
        "change streams under kills, stalls, loads, changes of tables, malformed clients, a stopped node and a dropped slot"
    }
}

impl Soak for Pulse {
    fn run(&self, workspace: &Workspace, ui: &Ui, options: Options) -> Result<Value> {
        let profile = if options.short { Profile::Debug } else { Profile::Release };
        web::make(workspace, ui)?;
        let binary = build::server(workspace, ui, profile)?;
        system::raise_files();
        let step = ui.step("Databases and a server");
        let mut stage = Stage::set(workspace, binary, &step, options)?;
        step.done();
        let mut figures = Map::from_iter([("soak".to_owned(), Value::from("pulse"))]);
        for (name, part) in PARTS {
            interrupt::check()?;
            let step = ui.step(name);
            let seen = explained(part(&mut stage), &stage.seeded.server);
            let seen = seen.with_context(|| format!("{name} (seed {})", options.seed))?;
            step.done_with(&seen.to_string());
            figures.extend(seen.as_object().cloned().unwrap_or_default());
        }
        stage.seeded.server.stop()?;
        Ok(figures.into())
    }
}
