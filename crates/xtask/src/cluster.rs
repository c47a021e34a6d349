//! A throwaway Postgres, held by the program of `src/bin/throwaway.rs`.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::process::{self, Job, Log};
use crate::ui::Step;
use crate::workspace::Workspace;

const PROGRAM: &str = "throwaway";
const PATIENCE: Duration = Duration::from_secs(20);

/// Cargo's arguments for all that is compiled for this machine. One set of crates means one set of features, so that
/// nothing is compiled twice.
pub const NATIVE: [&str; 5] = ["--workspace", "--exclude", "frontend", "--features", "xtask/cluster"];

/// A cluster that is gone, with all its databases, when this is dropped.
#[derive(Debug)]
pub struct Cluster {
    job: Job,
    url: String,
}

impl Cluster {
    /// An empty one.
    pub fn start(workspace: &Workspace, step: &Step) -> Result<Self> {
        Self::launch(workspace, None, step)
    }

    /// An empty one that takes 60 connections and comes up again by itself when it is killed.
    pub fn restarting(workspace: &Workspace, step: &Step) -> Result<Self> {
        Self::launch(workspace, Some(Path::new("--restart")), step)
    }

    /// One with a database to which the migrations of `folder` are applied.
    pub fn migrated(workspace: &Workspace, folder: &Path, step: &Step) -> Result<Self> {
        Self::launch(workspace, Some(folder), step)
    }

    /// Where to connect, as superuser.
    pub fn url(&self) -> &str {
        &self.url
    }

    fn launch(workspace: &Workspace, argument: Option<&Path>, step: &Step) -> Result<Self> {
        let mut build = workspace.cargo("build");
        build.args(NATIVE).args(["--bin", PROGRAM]);
        process::run(build, |line| step.line(line))?;

        let mut command = workspace.command(workspace.target().join("debug").join(PROGRAM));
        command.args(argument).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut job = Job::spawn(&mut command)?;
        let stdout = job.child().stdout.take().context("standard output is a pipe")?;
        let log = Log::of(job.child());
        let mut url = String::new();
        BufReader::new(stdout).read_line(&mut url)?;
        if url.is_empty() {
            job.wait(PATIENCE)?;
            bail!("no throwaway Postgres could be had\n\n{}", log.text().trim_end());
        }
        Ok(Self { job, url: url.trim().to_owned() })
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // The end of its input is its sign to stop; dropping the job is the means for one that does not listen.
        drop(self.job.child().stdin.take());
        let _unreported = self.job.wait(PATIENCE);
    }
}
