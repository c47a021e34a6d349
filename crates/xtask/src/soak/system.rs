//! What Linux knows of the processes that a soak measures, stops and kills.

use std::path::PathBuf;

use anyhow::{Context, Result};
use rustix::process::{Pid, Resource, Signal, getrlimit, kill_process, setrlimit};

use crate::database::Database;

/// The memory of a process in MB, now and at its peak.
pub fn memory(process: u32) -> Result<(f64, f64)> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).context("the server runs")?;
    let field = |name: &str| -> Option<f64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        Some(line.split_whitespace().next()?.parse::<f64>().ok()? * 1024.0 / 1e6)
    };
    Ok((field("VmRSS:").context("VmRSS")?, field("VmHWM:").context("VmHWM")?))
}

/// Files and sockets that a process has open.
pub fn open_files(process: u32) -> Result<usize> {
    Ok(std::fs::read_dir(format!("/proc/{process}/fd")).context("the server runs")?.count())
}

/// Holds one process where it is until the answer is dropped.
pub fn hold(process: u32) -> Held {
    signal(process, Signal::STOP);
    Held(process)
}

/// Goes on when this is dropped.
#[derive(Debug)]
pub struct Held(u32);

impl Drop for Held {
    fn drop(&mut self) {
        signal(self.0, Signal::CONT);
    }
}

/// Lets this process, and the server that it starts, open as many files as they may; answers how many.
pub fn raise_files() -> u64 {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // Where it is not allowed, what is there counts.
    let _unreported = setrlimit(Resource::Nofile, limit);
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// A Postgres: its first process, and those it has started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Postgres(u32);

impl Postgres {
    /// The private one of a server, if it runs.
    pub fn of_server(server: u32) -> Option<Self> {
        children(server).into_iter().find(|child| name(*child).as_deref() == Some("postgres")).map(Self)
    }

    /// The one that answers there.
    pub fn of_database(database: &Database) -> Result<Self> {
        let folder = database.run("show data_directory")?;
        let file = PathBuf::from(folder.trim()).join("postmaster.pid");
        let text = std::fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
        Ok(Self(text.lines().next().context("postmaster.pid is not empty")?.trim().parse()?))
    }

    pub fn is_alive(self) -> bool {
        name(self.0).as_deref() == Some("postgres")
    }

    /// Ends the first process at once; the others notice and follow.
    pub fn kill9(self) {
        signal(self.0, Signal::KILL);
    }

    /// Holds all its processes where they are until the answer is dropped: a database that says nothing any more.
    pub fn freeze(self) -> Frozen {
        signal(self.0, Signal::STOP);
        children(self.0).into_iter().for_each(|child| signal(child, Signal::STOP));
        Frozen(self)
    }

    /// The folder it was started on (`-D`).
    pub fn data(self) -> Result<PathBuf> {
        let line = std::fs::read(format!("/proc/{}/cmdline", self.0))?;
        let mut words = line.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned());
        words.find(|word| word == "-D").context("a postmaster has -D")?;
        Ok(words.next().context("-D names a folder")?.into())
    }

    /// Where its owner can ask it. The private cluster listens on a socket beside its data alone.
    pub fn database(self) -> Result<Database> {
        let data = self.data()?;
        let home = data.parent().context("the data lies in a folder")?;
        let password = std::fs::read_to_string(home.join("password"))?;
        let socket = home.join("socket");
        let parts = [("host", socket.display().to_string()), ("password", password.trim().to_owned())];
        let parts = parts.map(|(key, value)| format!("{key}='{value}'")).join(" ");
        Ok(Database(format!("{parts} port=5432 user=pentaprism dbname=pentaprism")))
    }
}

/// Goes on when this is dropped.
#[derive(Debug)]
pub struct Frozen(Postgres);

impl Drop for Frozen {
    fn drop(&mut self) {
        children(self.0.0).into_iter().for_each(|child| signal(child, Signal::CONT));
        signal(self.0.0, Signal::CONT);
    }
}

fn signal(process: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(process).ok().and_then(Pid::from_raw) {
        let _gone_already = kill_process(pid, signal);
    }
}

fn children(parent: u32) -> Vec<u32> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let all = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    all.filter(|process| stat(*process).is_some_and(|(_, found)| found == parent)).collect()
}

fn name(process: u32) -> Option<String> {
    stat(process).map(|(name, _)| name)
}

/// Name and parent out of `/proc/PID/stat`, unless the process has ended.
fn stat(process: u32) -> Option<(String, u32)> {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (front, back) = text.rsplit_once(')')?;
    let mut fields = back.split_whitespace();
    let state = fields.next()?;
    let parent = fields.next()?.parse().ok()?;
    (state != "Z").then(|| Some((front.split_once('(')?.1.to_owned(), parent)))?
}
