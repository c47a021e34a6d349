//! `pentaprism serve` as a program beside us: for `cargo x up`, the journeys, client suites, benchmarks and soaks.

pub mod configured;
mod http;
mod options;
pub mod port;

pub use options::{Listen, Options, Storage};

use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::files;
use crate::process::{Job, Log, interrupt};
use crate::workspace::Workspace;

/// How long the first start may take: it makes a database cluster and applies every migration.
const PATIENCE: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(50);

/// A server that answers; it stops, and its temporary folder goes, at the latest when it is dropped.
#[derive(Debug)]
pub struct Server {
    job: Job,
    log: Log,
    listen: Listen,
    folder: Option<std::path::PathBuf>,
}

impl Server {
    /// Starts one and waits until it is ready to serve. It ends with the thread that starts it: no `kill -9` of ours leaves it behind.
    pub fn start(workspace: &Workspace, options: &Options) -> Result<Self> {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "TERM", "--"]).arg(&options.binary);
        command.arg("serve").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let folder = options.prepare(workspace, &mut command)?;
        let mut job = Job::spawn(&mut command)?;
        let log = Log::of(job.child());
        let mut server = Self { job, log, listen: options.listen, folder };
        server.wait_until_ready()?;
        Ok(server)
    }

    /// Address of the console, of `/v1` and of OAuth: `http://127.0.0.1:3000`.
    pub fn console(&self) -> String {
        format!("http://{}", self.listen.console)
    }

    /// Address that the official clients talk to.
    pub fn data(&self) -> String {
        format!("http://{}", self.listen.data)
    }

    /// The process, for measuring its memory.
    pub fn id(&self) -> u32 {
        self.job.id()
    }

    /// All it has logged so far.
    pub fn log(&self) -> String {
        self.log.text()
    }

    /// From now on its log goes to standard error as well.
    pub fn follow(&self) {
        self.log.follow();
    }

    /// Waits until it ends by itself or somebody presses Ctrl-C.
    pub fn wait(&mut self) -> Result<Option<ExitStatus>> {
        while !interrupt::requested() {
            if let Some(status) = self.job.ended()? {
                return Ok(Some(status));
            }
            std::thread::sleep(POLL);
        }
        Ok(None)
    }

    /// Lets it finish what it is doing.
    pub fn stop(&mut self) -> Result<ExitStatus> {
        self.job.stop()
    }

    /// Ends it as a crash would. What it has started is left to notice.
    pub fn kill9(&mut self) -> Result<ExitStatus> {
        self.job.kill9()
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let started = Instant::now();
        loop {
            interrupt::check()?;
            if let Some(status) = self.job.ended()? {
                bail!("the server ended before it answered ({status})\n\n{}", self.log.text().trim_end());
            }
            if http::status(self.listen.console, "/readyz").is_some_and(|status| status == 200) {
                return Ok(());
            }
            if started.elapsed() > PATIENCE {
                bail!("the server did not get ready within {} s\n\n{}", PATIENCE.as_secs(), self.log.text().trim_end());
            }
            std::thread::sleep(POLL);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // First the server, or it would miss its folder; there is nobody left to tell if either fails.
        let _unreported = self.job.stop();
        if let Some(folder) = &self.folder {
            let _unreported = files::remove_dir(folder);
        }
    }
}
