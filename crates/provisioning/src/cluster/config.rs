//! What a cluster is started with, and what the start has to tell.

use std::{fmt, net::SocketAddr, path::PathBuf, time::Duration};

/// How to run the private cluster. [`ClusterConfig::new`] gives what `pentaprism serve` wants; tests change fields.
#[derive(Debug, Clone)]
pub struct ClusterConfig {
    /// The program's data folder, such as `.pentaprism`; the cluster lives in its sub-folder `postgres`.
    pub data_dir: PathBuf,
    /// Folder of `initdb` and `postgres`; `None` searches the usual places.
    pub bin_dir: Option<PathBuf>,
    /// Also listen here (SCRAM as everywhere). `None`, the default, leaves the unix socket alone.
    pub tcp: Option<SocketAddr>,
    /// Further server settings, `(name, value)`; they win over ours and over `postgresql.conf`.
    pub settings: Vec<(String, String)>,
    /// Whether data survives a power failure. Only clusters that are thrown away after use say no.
    pub durable: bool,
    /// Whether the watcher starts Postgres again when it has died.
    pub restart_after_crash: bool,
    /// How long the first start may take, crash recovery included.
    pub start_timeout: Duration,
    /// How long to wait for another process to let go of the cluster.
    pub lock_timeout: Duration,
    /// How long a fast shutdown may take before an immediate one.
    pub stop_timeout: Duration,
}

impl ClusterConfig {
    /// A durable, watched cluster under `data_dir` that listens on its unix socket only.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            bin_dir: None,
            tcp: None,
            settings: Vec::new(),
            durable: true,
            restart_after_crash: true,
            // Recovery after a crash may have a lot to replay, and interrupting it would start it over.
            start_timeout: Duration::from_secs(300),
            lock_timeout: Duration::from_secs(30),
            stop_timeout: Duration::from_secs(30),
        }
    }
}

/// Something the operator should see once after the start; also logged as a warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The unprivileged user cannot reach the requested folder, so the cluster lives elsewhere.
    Relocated { requested: PathBuf, used: PathBuf, user: String },
    /// There is no dedicated user, and `nobody` may be shared with other services.
    SharedUser { user: String },
    /// A Postgres of an earlier run was still alive and has been stopped cleanly first.
    StoppedLeftover { pid: u32 },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Relocated { requested, used, user } => write!(
                f,
                "PostgreSQL must not run as root, and user {user} cannot reach {}: the database is in {}",
                requested.display(),
                used.display()
            ),
            Self::SharedUser { user } => write!(
                f,
                "PostgreSQL runs as {user}, which other services may share; give it a user of its own with \
                 `useradd --system --no-create-home postgres`"
            ),
            Self::StoppedLeftover { pid } => {
                write!(f, "PostgreSQL process {pid} of an earlier run was still alive and was stopped first")
            }
        }
    }
}
