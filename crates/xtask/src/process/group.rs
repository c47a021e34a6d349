//! Process groups that are alive because of us, and signals to them.

use std::collections::BTreeSet;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::process::{Pid, Signal, kill_process_group};

static ALIVE: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

/// Starts `command` as the leader of a group of its own, known to the Ctrl-C handler.
pub fn spawn(command: &mut Command) -> io::Result<Child> {
    // Held across the start: a signal that arrives meanwhile must see the new group.
    let mut alive = alive();
    let child = command.process_group(0).spawn()?;
    alive.insert(child.id());
    Ok(child)
}

/// Takes a group off the list once its leader has been waited for.
pub fn forget(leader: u32) {
    alive().remove(&leader);
}

/// Sends `signal` to one group; a group that is gone already is no error.
pub fn signal(leader: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(leader).ok().and_then(Pid::from_raw) {
        let _gone_already = kill_process_group(pid, signal);
    }
}

/// Sends `signal` to every group that is alive.
pub fn signal_all(with: Signal) {
    for leader in alive().iter() {
        signal(*leader, with);
    }
}

fn alive() -> MutexGuard<'static, BTreeSet<u32>> {
    ALIVE.lock().unwrap_or_else(PoisonError::into_inner)
}
