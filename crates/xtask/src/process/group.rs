//! Process groups that are alive because of us, and signals to them.

use std::collections::BTreeMap;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::process::{Pid, Signal, kill_process_group};

/// What happens to a group at Ctrl-C.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtCtrlC {
    /// It is told at once: somebody waits for its end.
    Told,
    /// Its owner stops it, in the right order and only once: servers take a second signal for impatience.
    LeftToItsOwner,
}

static ALIVE: Mutex<BTreeMap<u32, AtCtrlC>> = Mutex::new(BTreeMap::new());

/// Starts `command` as the leader of a group of its own, known to the Ctrl-C handler.
pub fn spawn(command: &mut Command, at_ctrl_c: AtCtrlC) -> io::Result<Child> {
    // Held across the start: a signal that arrives meanwhile must see the new group.
    let mut alive = alive();
    let child = command.process_group(0).spawn()?;
    alive.insert(child.id(), at_ctrl_c);
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

/// Asks every group to stop that is to be told of Ctrl-C.
pub fn interrupt_all() {
    for (leader, _) in alive().iter().filter(|(_, at_ctrl_c)| **at_ctrl_c == AtCtrlC::Told) {
        signal(*leader, Signal::INT);
    }
}

/// Ends every group at once.
pub fn kill_all() {
    for leader in alive().keys() {
        signal(*leader, Signal::KILL);
    }
}

fn alive() -> MutexGuard<'static, BTreeMap<u32, AtCtrlC>> {
    ALIVE.lock().unwrap_or_else(PoisonError::into_inner)
}
