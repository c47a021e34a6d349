//! `cargo x soak fuzz`: bytes that nobody sane sends to Accelerate, as request and as the database's answer.
//!
//! The long form is cargo-fuzz over the targets of `crates/accelerate/fuzz`, each for a while; the short one the seeded form of the same doors, which needs
//! nothing but `cargo test`.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};

use super::{Options, Soak};
use crate::cluster::NATIVE;
use crate::files;
use crate::process::{self, interrupt};
use crate::registry::Named;
use crate::ui::Ui;
use crate::workspace::Workspace;

/// `cargo x soak fuzz`.
pub struct Fuzz;

const CRATE: &str = "crates/accelerate/fuzz";
const TARGETS: [&str; 4] = ["plan", "body", "parameters", "wire"];
/// What is changed first.
const EXCHANGES: &str = "crates/accelerate/tests/it/samples/exchanges.jsonl";
const EACH: Duration = Duration::from_secs(150);
/// Inputs of each door in the short form.
const ROUNDS: usize = 5000;

impl Named for Fuzz {
    fn name(&self) -> &'static str {
        "fuzz"
    }

    fn about(&self) -> &'static str {
        "plans, bodies, parameters and servers' messages from a fuzzer: no panic, no hang"
    }
}

impl Soak for Fuzz {
    fn run(&self, workspace: &Workspace, ui: &Ui, options: Options) -> Result<Value> {
        match options.short {
            true => seeded(workspace, ui, options.seed),
            false => fuzzed(workspace, ui, options.seed),
        }
    }
}

fn seeded(workspace: &Workspace, ui: &Ui, seed: u64) -> Result<Value> {
    let step = ui.step("Seeded inputs");
    let mut test = workspace.cargo("test");
    test.args(NATIVE).args(["--lib", "--", "makes_it_panic_or_hang"]);
    // What is compiled already is checked against this, not against a database.
    test.env("SQLX_OFFLINE", "true").env("FUZZ_SEED", seed.to_string()).env("FUZZ_ROUNDS", ROUNDS.to_string());
    let output = process::run(test, |line| step.line(line))?;
    let doors = output.matches("makes_it_panic_or_hang ... ok").count();
    if doors != TARGETS.len() {
        bail!("{doors} of {} doors were tried\n\n{output}", TARGETS.len());
    }
    step.done();
    Ok(json!({ "soak": "fuzz", "doors": doors, "inputs_each": ROUNDS }))
}

fn fuzzed(workspace: &Workspace, ui: &Ui, seed: u64) -> Result<Value> {
    let step = ui.step("cargo-fuzz");
    let mut version = workspace.cargo("fuzz");
    version.arg("--version");
    process::run(version, |_| ()).context("cargo-fuzz is missing: `cargo install cargo-fuzz`")?;
    let folder = workspace.path(CRATE);
    for target in TARGETS {
        plant(workspace, &folder.join("corpus").join(target), target)?;
    }
    step.done();
    let mut inputs = Map::new();
    for target in TARGETS {
        interrupt::check()?;
        let step = ui.step(target);
        let mut fuzz = workspace.cargo("fuzz");
        // The fuzzer's own switches need no other compiler with this, and no sanitizer is needed where nothing is unsafe.
        fuzz.env("RUSTC_BOOTSTRAP", "1").current_dir(workspace.path("crates/accelerate"));
        fuzz.args(["run", "--sanitizer", "none", target, "--"]);
        fuzz.args([format!("-max_total_time={}", EACH.as_secs()), format!("-seed={seed}")]);
        fuzz.args(["-timeout=10", "-rss_limit_mb=2048", "-max_len=16384", "-print_final_stats=1"]);
        let output = process::run(fuzz, |line| step.line(line)).with_context(|| {
            format!("the input that made it fail lies in {CRATE}/artifacts/{target}: make it a test beside the mending")
        })?;
        let count = output.lines().find_map(|line| line.trim().strip_prefix("stat::number_of_executed_units:"));
        let count: u64 = count.context("the fuzzer tells how many inputs it tried")?.trim().parse()?;
        step.done_with(&count.to_string());
        inputs.insert(target.to_owned(), count.into());
    }
    Ok(json!({ "soak": "fuzz", "seconds_each": EACH.as_secs(), "inputs": inputs }))
}

/// Gives the fuzzer something to begin with: the recorded requests.
fn plant(workspace: &Workspace, corpus: &Path, target: &str) -> Result<()> {
    let exchanges = files::read_text(&workspace.path(EXCHANGES))?;
    for (number, line) in exchanges.lines().enumerate() {
        let exchange: Value = serde_json::from_str(line)?;
        let body = &exchange["body"];
        let input = match target {
            "plan" => body["plan"].to_string(),
            "body" => body.to_string(),
            "parameters" => format!("\0{}", body["params"]),
            _ => "\0Z\0\0\0\u{5}I".to_owned(),
        };
        files::write(&corpus.join(format!("recorded-{number}")), input.as_bytes())?;
    }
    Ok(())
}
