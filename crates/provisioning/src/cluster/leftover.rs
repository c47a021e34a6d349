//! `postmaster.pid`: who it names, and what to do with one that an earlier run has left.

use std::{
    fs, io,
    os::fd::OwnedFd,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal},
};

use super::{config::Notice, error::ClusterError};

/// What Postgres writes about itself into its data folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PidFile {
    pub pid: u32,
    pub port: u16,
    pub socket_dir: PathBuf,
    /// Whether it says that it accepts connections, which it may have said before it was killed.
    pub ready: bool,
}

fn path(data: &Path) -> PathBuf {
    data.join("postmaster.pid")
}

/// Reads it; `None` where there is none, or Postgres has not finished writing it.
pub(super) fn read(data: &Path) -> Result<Option<PidFile>, ClusterError> {
    let path = path(data);
    match fs::read_to_string(&path) {
        Ok(text) => Ok(parse(&text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ClusterError::io("read", path)(error)),
    }
}

/// Lines: process, data folder, start time, port, socket folder, listen address, shared memory, state.
fn parse(text: &str) -> Option<PidFile> {
    let mut lines = text.lines();
    let pid = lines.next()?.trim().parse().ok()?;
    let port = lines.nth(2)?.trim().parse().ok()?;
    let socket_dir = lines.next()?.trim().into();
    let ready = lines.nth(2).is_some_and(|state| state.trim() == "ready");
    Some(PidFile { pid, port, socket_dir, ready })
}

/// Clears the way for a start: stops a Postgres that still uses `data`, and removes a stale file that would keep the
/// new one from starting. The caller holds the lock.
pub(super) fn clear(data: &Path, patience: Duration, notices: &mut Vec<Notice>) -> Result<(), ClusterError> {
    let path = path(data);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(ClusterError::io("read", path)(error)),
    };
    // The first line is there even when a crash has cut the rest off.
    let pid = text.lines().next().and_then(|line| line.trim().parse::<u32>().ok());
    let process = pid.and_then(|pid| Some((pid, Pid::from_raw(i32::try_from(pid).ok()?)?)));
    // Held before looking whose it is: from then on the signal cannot reach a later process of the same number.
    let held = process.and_then(|(pid, raw)| Some((pid, pidfd_open(raw, PidfdFlags::empty()).ok()?)));
    match held {
        Some((pid, process)) if runs_on(pid, data) => {
            stop(&process, patience).map_err(|_| ClusterError::Leftover { pid, data: data.to_owned() })?;
            notices.push(Notice::StoppedLeftover { pid });
            Ok(())
        }
        // Another program has the number now. Postgres itself would take it for a rival and refuse to start; whether
        // processes of the old one live on it finds out from their shared memory.
        Some(_) => fs::remove_file(&path).map_err(ClusterError::io("remove", path)),
        // Dead: Postgres deals with its file. One without a number it would refuse.
        None if pid.is_none() => fs::remove_file(&path).map_err(ClusterError::io("remove", path)),
        None => Ok(()),
    }
}

/// Postgres works in its data folder, so that is how to know one from an unrelated process.
fn runs_on(pid: u32, data: &Path) -> bool {
    fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| fs::canonicalize(data).is_ok_and(|data| data == cwd))
}

/// A fast shutdown, then an immediate one.
fn stop(process: &OwnedFd, patience: Duration) -> io::Result<()> {
    for signal in [Signal::INT, Signal::QUIT] {
        // It may have ended by itself just now.
        _ = pidfd_send_signal(process, signal);
        if ended(process, patience)? {
            return Ok(());
        }
    }
    Err(io::ErrorKind::TimedOut.into())
}

fn ended(process: &OwnedFd, patience: Duration) -> io::Result<bool> {
    let deadline = Instant::now() + patience;
    loop {
        let left = Timespec::try_from(deadline.saturating_duration_since(Instant::now())).map_err(io::Error::other)?;
        match poll(&mut [PollFd::new(process, PollFlags::IN)], Some(&left)) {
            Ok(ready) => return Ok(ready > 0),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_postgres_writes() {
        let text = "4711\n/srv/data\n1700000000\n5432\n/srv/socket\n\n  1234  5\nready   \n";
        let expected = PidFile { pid: 4711, port: 5432, socket_dir: "/srv/socket".into(), ready: true };
        assert_eq!(parse(text), Some(expected));
        assert_eq!(parse(&text.replace("ready", "starting")).map(|file| file.ready), Some(false));
        assert_eq!(parse("4711\n/srv/data\n"), None);
    }
}
