//! The private Postgres that `pentaprism serve` owns: found, initialised, started, watched and stopped here.
//!
//! A cluster has one owner at a time, the process that holds its lock. The owner's death, also by `kill -9`, shuts
//! Postgres down; other processes attach as guests, or become the owner where there is none.
//!
//! ```text
//! <data_dir>/postgres/            0700; as root 0710, for the unprivileged user to pass through
//!     owner.lock                  held by the owner, names its process
//!     password                    of the superuser, 0600
//!     start.log                   what Postgres said before its log began
//!     data/                       PGDATA, 0700; logs in data/log
//!     socket/                     0700; elsewhere where the path is too long for a socket
//! ```
//!
//! Linux only: it relies on parent-death signals, process descriptors and `/proc`.

mod config;
mod error;
mod files;
mod find;
mod init;
mod leftover;
mod lock;
mod log;
mod parts;
mod password;
mod place;
mod privilege;
mod probe;
mod run;
mod socket;
mod start;
mod store;
mod watch;

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::PgConnectOptions;

pub use self::{
    config::{ClusterConfig, Notice},
    error::ClusterError,
    parts::ConnectParts,
    watch::Status,
};

/// A private cluster that accepts connections, owned by this process or by another.
///
/// Dropping the owner's handle asks Postgres to stop; [`Cluster::stop`] also waits until it has.
#[derive(Debug)]
pub struct Cluster {
    parts: ConnectParts,
    data: PathBuf,
    notices: Vec<Notice>,
    role: Role,
}

#[derive(Debug)]
enum Role {
    Owner(watch::Watch),
    Guest(tokio::sync::watch::Receiver<Status>),
}

impl Cluster {
    /// Starts the cluster as its owner, initialising it on first use, and returns when it accepts connections.
    ///
    /// Waits up to `lock_timeout` for another owner to let go, then fails with [`ClusterError::InUse`].
    pub async fn start(config: ClusterConfig) -> Result<Self, ClusterError> {
        blocking(|| Self::start_blocking(config)).await
    }

    /// Attaches to the cluster another process owns, or starts it as the owner where there is none.
    ///
    /// A guest's [`stop`](Self::stop) does nothing. Its connections end when the owner stops.
    pub async fn attach_or_start(config: ClusterConfig) -> Result<Self, ClusterError> {
        blocking(|| Self::attach_or_start_blocking(config)).await
    }

    /// [`Cluster::start`] for callers without a runtime.
    pub fn start_blocking(config: ClusterConfig) -> Result<Self, ClusterError> {
        start::as_owner(config)
    }

    /// [`Cluster::attach_or_start`] for callers without a runtime.
    pub fn attach_or_start_blocking(config: ClusterConfig) -> Result<Self, ClusterError> {
        start::as_owner_or_guest(config)
    }

    /// Stops Postgres with a fast shutdown (open transactions roll back) and waits until it has ended.
    pub async fn stop(self) -> Result<(), ClusterError> {
        blocking(|| self.stop_blocking()).await
    }

    /// [`Cluster::stop`] for callers without a runtime.
    pub fn stop_blocking(self) -> Result<(), ClusterError> {
        match self.role {
            Role::Owner(watch) => watch.stop(),
            Role::Guest(_) => Ok(()),
        }
    }

    /// How the cluster is doing, now and from now on. For a guest this stays as it was when it attached.
    pub fn status(&self) -> tokio::sync::watch::Receiver<Status> {
        match &self.role {
            Role::Owner(watch) => watch.status(),
            Role::Guest(status) => status.clone(),
        }
    }

    /// Whether this process owns the cluster.
    pub fn is_owner(&self) -> bool {
        matches!(self.role, Role::Owner(_))
    }

    /// What the operator should see once; every notice has been logged already.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// `PGDATA`, which differs from what the configuration named if a [`Notice::Relocated`] says so.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// How to connect, in parts.
    pub fn connect_parts(&self) -> &ConnectParts {
        &self.parts
    }

    /// `postgres://` URL of a database over the unix socket, with the superuser's password; see [`ConnectParts::url`].
    pub fn url(&self, database: &str) -> SecretString {
        self.parts.url(database)
    }

    /// Makes the database unless there is one of that name (1 to 63 bytes); whether it was made here.
    pub async fn ensure_database(&self, name: &str) -> Result<bool, ClusterError> {
        let options: PgConnectOptions = self.url("postgres").expose_secret().parse()?;
        store::ensure_database(&options, name).await
    }
}

/// Runs what waits for processes where it does not hold up the runtime.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ClusterError> + Send + 'static,
) -> Result<T, ClusterError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| ClusterError::Thread(None))?
}
