//! `cargo x bench NAME`: how fast it is, beside its peers and in one run.
//!
//! A benchmark prints a table for people, then one JSON line of figures for programs. It measures its subject and its
//! peers in interleaved rounds, so that a noisy minute hits all of them alike, and asserts its limits.

mod accelerate;
mod keys;
mod load;
mod pulse;

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::process::Job;
use crate::registry::{self, Named};
use crate::ui::Ui;
use crate::workspace::Workspace;

/// One benchmark; each is a file beside this one and a line in [`ALL`].
pub trait Benchmark: Named {
    /// Measures, prints the table, and answers with the figures; fails when a limit is missed.
    fn run(&self, workspace: &Workspace, ui: &Ui) -> Result<Value>;
}

/// All there are.
pub const ALL: &[&dyn Benchmark] = &[&keys::Keys, &accelerate::Accelerate, &pulse::Pulse];

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

/// A program that says in its first line where it serves.
fn started(command: &mut Command) -> Result<(Job, String)> {
    let mut job = Job::spawn(command.stdin(Stdio::null()).stdout(Stdio::piped()))?;
    let stdout = job.child().stdout.take().context("the program's output is piped")?;
    let mut line = String::new();
    BufReader::new(stdout.take(4096)).read_line(&mut line)?;
    Ok((job, line.trim().to_owned()))
}

fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}
