//! `cargo x soak accelerate`: Accelerate while the databases behind it die, fill up and fall silent, and while clients crowd in and vanish.

mod asks;
mod crowd;
mod footprint;
mod full;
mod gone;
mod kills;
mod neighbours;
mod silent;
mod stage;

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value, json};

use super::{Options, Soak, system};
use crate::build::{self, Profile};
use crate::process::interrupt;
use crate::registry::Named;
use crate::ui::Ui;
use crate::web;
use crate::workspace::Workspace;
use footprint::Footprint;
use stage::Stage;

/// `cargo x soak accelerate`.
pub struct Accelerate;

/// A proof: its name on the line that tells of it, and how it is made.
type Part = (&'static str, fn(&Stage) -> Result<Value>);

const PARTS: [Part; 6] = [
    ("Database killed in the middle of queries", kills::run),
    ("Database out of connections", full::run),
    ("Database silent", silent::run),
    ("Clients gone in the middle", gone::run),
    ("A crowd before ten connections", crowd::run),
    ("A quick tenant beside a greedy one", neighbours::run),
];

/// All parts again and again, in the long form.
const LONG: Duration = Duration::from_secs(600);
/// Of the server, in MB: what a crowd may cost, and how much more the last round may leave than the first.
const MOST_MEMORY: f64 = 600.0;
const MOST_GROWTH: f64 = 48.0;
/// Of the server, beside a connection a client.
const SPARE_FILES: u64 = 1000;

impl Named for Accelerate {
    fn name(&self) -> &'static str {
        "accelerate"
    }

    fn about(&self) -> &'static str {
        "dying, full and silent databases, crowds, clients that vanish, and what is left of them"
    }
}

impl Soak for Accelerate {
    fn run(&self, workspace: &Workspace, ui: &Ui, options: Options) -> Result<Value> {
        let profile = if options.short { Profile::Debug } else { Profile::Release };
        web::make(workspace, ui)?;
        let binary = build::server(workspace, ui, profile)?;
        let files = system::raise_files();
        let step = ui.step("Databases and a server");
        let mut stage = Stage::set(workspace, binary, &step, options)?;
        step.done();
        let wanted = u64::try_from(stage.crowd())? + SPARE_FILES;
        ensure!(files >= wanted, "{wanted} open files are needed and {files} are allowed: raise `ulimit -n`");

        let (begun, mut rounds, mut figures) = (Instant::now(), Vec::new(), Map::new());
        while rounds.is_empty() || (!options.short && begun.elapsed() < LONG) {
            for (name, part) in PARTS {
                interrupt::check()?;
                let step = ui.step(name);
                let seen = stage.explained(part(&stage)).with_context(|| format!("{name} (seed {})", options.seed))?;
                step.done_with(&seen.to_string());
                figures.extend(seen.as_object().cloned().unwrap_or_default());
            }
            let step = ui.step("What is left");
            let left = stage.explained(Footprint::settled(&stage))?;
            step.done_with(&left.to_string());
            rounds.push(left);
            stage.next_round();
        }
        let (first, last) = (&rounds[0], &rounds[rounds.len() - 1]);
        let growth = last.memory_mb - first.memory_mb;
        ensure!(last.peak_mb < MOST_MEMORY, "the server took {:.0} MB; {MOST_MEMORY} are allowed", last.peak_mb);
        ensure!(growth < MOST_GROWTH, "the server grew by {growth:.0} MB in {} rounds", rounds.len());
        let mut line = Map::from_iter([("soak".to_owned(), Value::from("accelerate"))]);
        line.extend(figures);
        let left = json!({
            "rounds": rounds.len(),
            "answers": stage.answers(),
            "refusals": stage.refusals(),
            "connections": last.connections,
            "open_transactions": last.open_transactions,
            "files": [first.files, last.files],
            "rss_mb": [first.memory_mb, last.memory_mb],
            "peak_mb": last.peak_mb,
        });
        line.extend(left.as_object().cloned().unwrap_or_default());
        stage.end()?;
        Ok(line.into())
    }
}
