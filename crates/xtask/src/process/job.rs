//! Programs that run beside us until they are stopped, at the latest when their `Job` is dropped.

use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rustix::process::Signal;

use super::group::{self, AtCtrlC};
use super::shown;

/// How long a program may take to finish what it is doing, and how long once it was told a second time.
const PATIENCE: Duration = Duration::from_secs(30);
const IMPATIENCE: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(20);

/// A running program with all it has started in turn.
#[derive(Debug)]
pub struct Job {
    child: Child,
    ended: Option<ExitStatus>,
}

impl Job {
    /// Starts `command`; its streams are the caller's choice.
    pub fn spawn(command: &mut Command) -> Result<Self> {
        let child = group::spawn(command, AtCtrlC::LeftToItsOwner);
        let child = child.with_context(|| format!("could not start `{}`", shown(command)))?;
        Ok(Self { child, ended: None })
    }

    /// The process id, which is also the id of the group.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        if self.ended.is_none() {
            self.ended = self.child.try_wait()?;
            if self.ended.is_some() {
                group::forget(self.id());
            }
        }
        Ok(self.ended)
    }

    /// Waits until it ends by itself or within `limit`.
    pub fn wait(&mut self, limit: Duration) -> Result<Option<ExitStatus>> {
        let started = Instant::now();
        loop {
            if let Some(status) = self.ended()? {
                return Ok(Some(status));
            }
            if started.elapsed() >= limit {
                return Ok(None);
            }
            std::thread::sleep(POLL);
        }
    }

    /// Asks it to stop, waits, and kills it when it does not; what it leaves behind is asked to stop as well.
    pub fn stop(&mut self) -> Result<ExitStatus> {
        if let Some(status) = self.ended()? {
            return Ok(status);
        }
        for (gentle, limit) in [(Signal::INT, PATIENCE), (Signal::TERM, IMPATIENCE)] {
            group::signal(self.id(), gentle);
            if let Some(status) = self.wait(limit)? {
                // Shells start their background programs deaf to Ctrl-C.
                group::signal(self.id(), Signal::TERM);
                return Ok(status);
            }
        }
        group::signal(self.id(), Signal::KILL);
        self.reap()
    }

    /// Ends the program itself at once, as `kill -9` would, and nothing that it has started.
    pub fn kill9(&mut self) -> Result<ExitStatus> {
        if self.ended()?.is_none() {
            self.child.kill()?;
        }
        self.reap()
    }

    fn reap(&mut self) -> Result<ExitStatus> {
        let status = self.child.wait()?;
        self.ended = Some(status);
        group::forget(self.id());
        Ok(status)
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        // Reached on panic and on early return too; there is nobody left to tell.
        let _unreported = self.stop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Job {
        Job::spawn(Command::new("sh").args(["-c", script])).unwrap()
    }

    #[test]
    fn stop_reaches_what_the_program_has_started() {
        let started = Instant::now();
        let mut job = sh("sleep 600 & wait");
        assert!(!job.stop().unwrap().success());
        assert!(started.elapsed() < PATIENCE);
    }

    #[test]
    fn the_status_of_one_that_ended_by_itself_is_kept() {
        let mut job = sh("exit 7");
        assert_eq!(job.wait(PATIENCE).unwrap().unwrap().code(), Some(7));
        assert_eq!(job.stop().unwrap().code(), Some(7));
    }

    #[test]
    fn kill9_waits_for_nobody() {
        use std::os::unix::process::ExitStatusExt;
        assert_eq!(sh("trap '' INT TERM; sleep 600").kill9().unwrap().signal(), Some(9));
    }
}
