//! Those beside whom Pulse is measured.

use std::io::{BufRead, BufReader};
use std::process::{ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::source::Source;
use crate::fingerprint::{Inputs, cached};
use crate::process::{self, Job};
use crate::soak::system::Held;
use crate::tools::{on_path, postgres};
use crate::ui::Ui;
use crate::workspace::Workspace;

const SLOT: &str = "bench_recvlogical";
const DEBEZIUM: &str = "end2end/bench/debezium";
const DEBEZIUM_SLOT: &str = "bench_debezium";
/// The oldest that the engine runs on.
const JAVA: u32 = 17;

/// `pg_recvlogical`, which throws away what it reads.
pub struct Recvlogical {
    publication: String,
    /// What it costs to start and to end.
    idle: Duration,
}

impl Recvlogical {
    pub fn new(publication: &str) -> Self {
        Self { publication: publication.to_owned(), idle: Duration::ZERO }
    }

    /// Reads from here on when it is asked to.
    pub fn prepare(&mut self, source: &Source) -> Result<()> {
        source.create_slot(SLOT)?;
        self.idle = self.run(source, &source.end()?)?;
        Ok(())
    }

    /// How long it takes from its first change to the last.
    pub fn drain(&self, source: &Source, end: &str) -> Result<Duration> {
        let taken = self.run(source, end)?;
        source.drop_slot(SLOT)?;
        Ok(taken.saturating_sub(self.idle))
    }

    fn run(&self, source: &Source, end: &str) -> Result<Duration> {
        let mut command = Command::new(postgres::program("pg_recvlogical")?);
        command.args(["--start", "--no-loop", "-f", "/dev/null", "--slot", SLOT, "--endpos", end]);
        command.args(["-o", "proto_version=1", "-o", &format!("publication_names=\"{}\"", self.publication)]);
        command.args(["-d", &source.database.0]);
        let begun = Instant::now();
        process::run(command, |_| ())?;
        Ok(begun.elapsed())
    }
}

/// Debezium's engine under Python, which counts what it is handed.
pub struct Debezium {
    lines: BufReader<ChildStdout>,
    /// Changes so far.
    count: usize,
    _job: Job,
}

impl Debezium {
    /// None, and why, where it cannot be had: it needs Java and a package of Python.
    pub fn start(workspace: &Workspace, ui: &Ui, source: &Source, publication: &str) -> Result<Result<Self, String>> {
        if on_path("python3").is_none() || java().is_none_or(|version| version < JAVA) {
            return Ok(Err(format!("Debezium is left out: it needs python3 and Java {JAVA}")));
        }
        let (folder, home) = (workspace.path(DEBEZIUM), workspace.scratch().join("debezium"));
        let requirements = folder.join("requirements.txt");
        let python = home.join("bin/python");
        let inputs = Inputs::new().file(&requirements)?;
        cached(workspace, ui, "Debezium", inputs, std::slice::from_ref(&python), |step| {
            let mut venv = Command::new("python3");
            venv.args(["-m", "venv", "--clear"]).arg(&home);
            process::run(venv, |line| step.line(line))?;
            let mut pip = Command::new(&python);
            pip.args(["-m", "pip", "install", "--quiet", "-r"]).arg(&requirements);
            process::run(pip, |line| step.line(line)).map(drop)
        })?;
        source.create_slot(DEBEZIUM_SLOT)?;
        let mut command = Command::new(&python);
        command.arg(folder.join("engine.py")).args([DEBEZIUM_SLOT, publication]);
        // It writes a log into whatever folder it stands in.
        command.current_dir(&home).env("DATABASE_URL", &source.database.0);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut job = Job::spawn(&mut command)?;
        let lines = BufReader::new(job.child().stdout.take().context("the engine's output is piped")?);
        Ok(Ok(Self { lines, count: 0, _job: job }))
    }

    pub fn hold(&self, source: &Source) -> Result<Held> {
        source.hold(DEBEZIUM_SLOT)
    }

    /// How long it takes until so many more changes are there.
    pub fn drain(&mut self, changes: usize, held: Option<Held>) -> Result<Duration> {
        let (begun, wanted) = (Instant::now(), self.count + changes);
        drop(held);
        while self.count < wanted {
            let mut line = String::new();
            ensure!(self.lines.read_line(&mut line)? > 0, "Debezium's engine ended");
            // Its libraries print too.
            self.count = line.trim().parse().unwrap_or(self.count);
        }
        Ok(begun.elapsed())
    }
}

fn java() -> Option<u32> {
    let mut command = Command::new("java");
    command.arg("-version");
    let told = process::run(command, |_| ()).ok()?;
    told.split('"').nth(1)?.split('.').next()?.parse().ok()
}
