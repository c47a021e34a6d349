//! What can go wrong with the private cluster; every text ends with what to do about it.

use std::{io, path::PathBuf, time::Duration};

use super::find::OLDEST;

/// Why the private cluster could not be found, initialised, started or reached.
///
/// The texts are for the operator who runs the program: they name paths and the remedy, and never a password.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// No Postgres server program of a supported version was found.
    #[error(
        "no PostgreSQL {OLDEST} or newer was found (looked in {}). Install one (Debian, Ubuntu: apt-get install \
         postgresql), name its bin folder in the configuration, or set DATABASE_URL to a server of your own",
        list(searched)
    )]
    NotFound { searched: Vec<PathBuf> },

    /// The configured `bin_dir` does not hold a usable Postgres.
    #[error("{}: {problem}. Name the folder that holds `initdb` and `postgres` of PostgreSQL {OLDEST} or newer", dir.display())]
    BadBinDir { dir: PathBuf, problem: String },

    /// The data was written by another major version than any that is installed.
    #[error(
        "{} was made by PostgreSQL {found}, and the installed version is {installed}. Install PostgreSQL {found}, \
         convert the folder with pg_upgrade, or move it away to begin with an empty database",
        data.display()
    )]
    OtherVersion { data: PathBuf, found: String, installed: u32 },

    /// `setpriv`, `env` or `sh` is missing or too old, without which Postgres could outlive this program.
    #[error(
        "PostgreSQL cannot be started so that it ends with this program: {0}. Install util-linux and coreutils 8.31 or \
         newer (Debian, Ubuntu: apt-get install util-linux coreutils), or set DATABASE_URL to a server of your own"
    )]
    NoLauncher(String),

    /// Another process holds the cluster and did not let go in time.
    #[error(
        "the cluster in {} is in use by process {}. Stop that process, or choose another data folder",
        home.display(), owner.map_or_else(|| "(unknown)".to_owned(), |pid| pid.to_string())
    )]
    InUse { home: PathBuf, owner: Option<u32> },

    /// The data belongs to a user this process cannot act as.
    #[error("{} belongs to user id {owner}. Run this program as that user (or as root), or choose another data folder", path.display())]
    NotYours { path: PathBuf, owner: u32 },

    /// An existing folder that others can read and that was not made for a cluster.
    #[error(
        "{} already holds files and other users can read it. Close it with `chmod o-rwx {}`, or choose another \
         data folder", path.display(), path.display()
    )]
    Exposed { path: PathBuf },

    /// Running as root, and the unprivileged user cannot enter the folder that already holds the data.
    #[error(
        "user {user} can no longer reach {}, which holds the database. Give every parent folder its execute bit \
         back (chmod o+x), or move the data folder where {user} can reach it", path.display()
    )]
    Unreachable { path: PathBuf, user: String },

    /// A socket folder in a shared place is not ours alone.
    #[error("{} exists and does not belong to us alone. Remove it, or choose a data folder with a shorter path", path.display())]
    SocketDir { path: PathBuf },

    /// Running as root without any user to drop to.
    #[error(
        "there is no unprivileged user to run PostgreSQL as. Create one: useradd --system --no-create-home postgres"
    )]
    NoUser,

    /// `initdb` failed.
    #[error("initdb could not make {}: {output}. Correct that and start again; nothing was left behind", data.display())]
    Init { data: PathBuf, output: String },

    /// Postgres ended before it accepted connections, or without being asked.
    #[error("PostgreSQL ended unexpectedly ({status}): {log}. Correct that and start again; its log is in {}", logs.display())]
    Died { status: String, log: String, logs: PathBuf },

    /// Postgres runs but does not accept connections yet.
    #[error("PostgreSQL did not accept connections within {waited:?}: {log}. Its log is in {}", logs.display())]
    Slow { waited: Duration, log: String, logs: PathBuf },

    /// A Postgres left from before would not stop.
    #[error("PostgreSQL process {pid} of an earlier run still uses {} and does not stop. Stop it by hand: kill -QUIT {pid}", data.display())]
    Leftover { pid: u32, data: PathBuf },

    /// The data is there, its password file is not.
    #[error(
        "{} is missing, and the database beside it cannot be used without it. Restore the file from a backup, or \
         move the folder away to begin with an empty database", path.display()
    )]
    NoPassword { path: PathBuf },

    /// A file or folder could not be read or written.
    #[error("cannot {action} {}: {source}. Check its owner, its mode and the free space", path.display())]
    Io { action: &'static str, path: PathBuf, source: io::Error },

    /// The cluster runs but refused a statement of ours.
    #[error("the private cluster refused a statement: {0}. Its log says more")]
    Sql(#[from] sqlx::Error),

    /// A database name that Postgres cannot have.
    #[error("{0:?} cannot name a database. Use 1 to 63 bytes without a NUL")]
    BadName(String),

    /// A thread that looks after Postgres could not be started or ended unexpectedly.
    #[error("the thread that looks after PostgreSQL is gone{}. Restart the program", .0.as_ref().map(|e| format!(": {e}")).unwrap_or_default())]
    Thread(Option<io::Error>),
}

impl ClusterError {
    /// For `map_err`: an [`io::Error`] met while trying to `action` the file at `path`.
    pub(super) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}

fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}
