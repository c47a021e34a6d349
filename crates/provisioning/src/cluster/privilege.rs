//! Postgres refuses to run as root: the user it runs as instead, and commands run as that user.

use std::{
    ffi::OsStr,
    path::Path,
    process::{Command, Stdio},
};

use super::{config::Notice, error::ClusterError, place};

/// Dedicated users first; `nobody` because `initdb` insists on a user that the system knows by name.
const CANDIDATES: [&str; 3] = ["pentaprism", "postgres", "nobody"];

/// The unprivileged user that stands in for root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RunAs {
    pub uid: u32,
    pub gid: u32,
    pub name: String,
}

/// Whom Postgres runs as: `None` is the current user, as it has to be for everyone but root.
///
/// The owner of what is already there wins, so that a cluster made by a user still opens when root starts it.
pub(super) fn run_as(home: &Path, data: &Path, notices: &mut Vec<Notice>) -> Result<Option<RunAs>, ClusterError> {
    let me = rustix::process::geteuid();
    let mut owner = None;
    for path in [home, data] {
        if let Some(uid) = place::owner(path)? {
            if !me.is_root() && uid != me.as_raw() {
                return Err(ClusterError::NotYours { path: path.to_owned(), owner: uid });
            }
            owner = Some(uid);
        }
    }
    if !me.is_root() {
        return Ok(None);
    }
    if let Some(owner) = owner.filter(|owner| *owner != 0) {
        return lookup(&owner.to_string())
            .map(Some)
            .ok_or_else(|| ClusterError::NotYours { path: data.to_owned(), owner });
    }
    let user = CANDIDATES.iter().find_map(|name| lookup(name)).ok_or(ClusterError::NoUser)?;
    if user.name == "nobody" {
        notices.push(Notice::SharedUser { user: user.name.clone() });
    }
    Ok(Some(user))
}

/// Asks the system's user database (NSS, not only `/etc/passwd`) for a name or a numeric id.
fn lookup(user: &str) -> Option<RunAs> {
    let output = Command::new("getent").args(["passwd", user]).stderr(Stdio::null()).output().ok()?;
    let line = String::from_utf8(output.stdout).ok()?;
    let mut fields = line.trim_end().split(':');
    let name = fields.next()?.to_owned();
    let uid = fields.nth(1)?.parse().ok()?;
    let gid = fields.next()?.parse().ok()?;
    (uid != 0).then_some(RunAs { uid, gid, name })
}

/// A command that runs as the unprivileged user, if there is one, and that no death of this process leaves behind.
///
/// The kernel sends `death_signal` when the *thread* that spawns the command ends, so that thread has to wait for it.
/// The signal is set after the user has changed (a change clears it), and `sh` goes on only if we are still its
/// parent: we may have died before the signal was set. A background job may inherit an ignored SIGINT, which would
/// swallow the signal until Postgres has its own handler, so `env` restores the default.
pub(super) fn command(user: Option<&RunAs>, death_signal: &str, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("env");
    command.args(["--default-signal=HUP,INT,QUIT,TERM", "setpriv", "--pdeathsig", death_signal]);
    if let Some(user) = user {
        command.arg(format!("--reuid={}", user.uid)).arg(format!("--regid={}", user.gid)).arg("--clear-groups");
    }
    command.args(["--", "sh", "-c", r#"[ "$PPID" = "$0" ] && exec "$@""#, &std::process::id().to_string()]);
    command.arg(program);
    // Nothing of our environment reaches Postgres: PGPORT and its like would change what it does, and ours holds
    // secrets. The current folder may be one that the user cannot enter.
    command.env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path))).current_dir("/");
    command.stdin(Stdio::null());
    command
}

/// Whether the user can enter `dir`, found out by trying: modes alone do not tell (ACLs, mounts, security modules).
pub(super) fn can_enter(user: &RunAs, dir: &Path) -> Result<bool, ClusterError> {
    let status = command(Some(user), "KILL", "sh")
        .args(["-c", r#"cd -P -- "$0""#])
        .arg(dir)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.map(|status| status.success()).map_err(|error| ClusterError::NoLauncher(error.to_string()))
}

/// Makes sure that [`command`] works here at all, so that later failures are those of what it runs.
pub(super) fn check() -> Result<(), ClusterError> {
    let done = command(None, "KILL", "true").output().map_err(|error| ClusterError::NoLauncher(error.to_string()))?;
    if done.status.success() {
        return Ok(());
    }
    Err(ClusterError::NoLauncher(String::from_utf8_lossy(&done.stderr).trim().to_owned()))
}
