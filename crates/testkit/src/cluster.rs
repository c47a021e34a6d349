//! A Postgres of a test's own.

use std::{
    fs, io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    os::{
        fd::OwnedFd,
        unix::fs::{MetadataExt, OpenOptionsExt, fchown},
    },
    path::{Path, PathBuf},
};

use provisioning::cluster::{Cluster as Postgres, ClusterConfig, Status};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use secrecy::ExposeSecret;
use tempfile::TempDir;

/// Why a throwaway cluster could not be had.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// The cluster itself; its text has the remedy.
    #[error(transparent)]
    Postgres(#[from] provisioning::cluster::ClusterError),
    /// The temporary folder, a port or a thread.
    #[error("a throwaway cluster needs a temporary folder and a free port: {0}")]
    Io(#[from] io::Error),
    /// It was stopped or killed, and not started again.
    #[error("the throwaway cluster is not running")]
    NotRunning,
}

/// A Postgres in a temporary folder that listens on 127.0.0.1 and forgets everything when it is dropped.
///
/// Its methods block and need no runtime; they may be called from asynchronous tests as well. It dies with the process
/// that made it, however that dies.
#[derive(Debug)]
pub struct Cluster {
    // Before the folder, so that Postgres has ended when that is removed.
    postgres: Option<Postgres>,
    config: ClusterConfig,
    address: SocketAddr,
    _folder: TempDir,
}

/// Another process may take the free port before Postgres does.
const ATTEMPTS: usize = 5;

impl Cluster {
    /// Starts a cluster on a free port: nothing is synced to disk, 200 connections, SCRAM, logical replication.
    pub fn throwaway() -> Result<Self, ClusterError> {
        Self::throwaway_with(&[])
    }

    /// [`Cluster::throwaway`] with further server settings, `(name, value)`.
    pub fn throwaway_with(settings: &[(&str, &str)]) -> Result<Self, ClusterError> {
        Self::new(settings, false)
    }

    /// One that comes up again by itself when its postmaster is killed.
    pub fn restarting(settings: &[(&str, &str)]) -> Result<Self, ClusterError> {
        Self::new(settings, true)
    }

    fn new(settings: &[(&str, &str)], restart: bool) -> Result<Self, ClusterError> {
        remove_abandoned();
        let folder = tempfile::Builder::new().prefix(&format!("{PREFIX}{}-", std::process::id())).tempdir()?;
        let mut config = ClusterConfig::new(folder.path());
        config.durable = false;
        config.restart_after_crash = restart;
        config.settings.push(("max_connections".to_owned(), "200".to_owned()));
        config.settings.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let mut attempt = 1;
        loop {
            let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
            config.tcp = Some(address);
            match Postgres::start_blocking(config.clone()) {
                Ok(postgres) => return Ok(Self { postgres: Some(postgres), config, address, _folder: folder }),
                Err(error) if attempt < ATTEMPTS && error.to_string().contains("Address already in use") => {
                    attempt += 1;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// `postgres://` URL of a database over TCP, as superuser; it stays the same over [`Cluster::restart`].
    pub fn url(&self, database: &str) -> Result<String, ClusterError> {
        let url = self.running()?.connect_parts().tcp_url(database).ok_or(ClusterError::NotRunning)?;
        Ok(url.expose_secret().to_owned())
    }

    /// URL of the database `postgres`.
    pub fn admin_url(&self) -> Result<String, ClusterError> {
        self.url("postgres")
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `PGDATA`.
    pub fn data(&self) -> Result<&Path, ClusterError> {
        Ok(self.running()?.data())
    }

    /// Makes a database, unless there is one of that name, and returns its URL.
    pub fn create_database(&self, name: &str) -> Result<String, ClusterError> {
        let postgres = self.running()?;
        // A thread of its own: the caller's may be running a runtime, which forbids to block on another.
        std::thread::scope(|scope| {
            let work = scope.spawn(|| -> Result<bool, ClusterError> {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
                Ok(runtime.block_on(postgres.ensure_database(name))?)
            });
            work.join().map_err(|_| io::Error::other("the thread panicked"))?
        })?;
        self.url(name)
    }

    /// Puts a file that the server can read into `PGDATA` (a TLS key, say) and returns its path.
    pub fn put_file(&self, name: &str, contents: &[u8]) -> Result<PathBuf, ClusterError> {
        let data = self.data()?;
        let path = data.join(name);
        let owner = fs::metadata(data)?;
        let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
        fchown(&file, Some(owner.uid()), Some(owner.gid()))?;
        io::Write::write_all(&mut file, contents)?;
        Ok(path)
    }

    /// Stops Postgres with a fast shutdown and keeps the folder, for [`Cluster::restart`].
    pub fn stop(&mut self) -> Result<(), ClusterError> {
        self.postgres.take().map_or(Ok(()), |postgres| Ok(postgres.stop_blocking()?))
    }

    /// Kills the postmaster and every process of it at once, as a crash of the machine would, and waits for the end.
    pub fn kill9(&mut self) -> Result<(), ClusterError> {
        let postgres = self.postgres.take().ok_or(ClusterError::NotRunning)?;
        let status = postgres.status().borrow().clone();
        let Status::Running { pid } = status else { return Err(ClusterError::NotRunning) };
        // The postmaster first, or it would replace its children.
        for process in [hold(pid)?].into_iter().chain(children(pid)?).collect::<Vec<_>>() {
            _ = pidfd_send_signal(process, Signal::KILL);
        }
        Ok(postgres.stop_blocking()?)
    }

    /// Starts Postgres again on the same data and port, with these further settings; stops it first if it runs.
    pub fn restart(&mut self, settings: &[(&str, &str)]) -> Result<(), ClusterError> {
        self.stop()?;
        let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        self.config.settings.extend(settings);
        self.postgres = Some(Postgres::start_blocking(self.config.clone())?);
        Ok(())
    }

    fn running(&self) -> Result<&Postgres, ClusterError> {
        self.postgres.as_ref().ok_or(ClusterError::NotRunning)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Nobody is left to tell.
        _ = self.stop();
    }
}

fn hold(pid: u32) -> io::Result<OwnedFd> {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).ok_or(io::ErrorKind::InvalidInput)?;
    Ok(pidfd_open(pid, PidfdFlags::empty())?)
}

fn children(parent: u32) -> io::Result<Vec<OwnedFd>> {
    let pids = fs::read_dir("/proc")?.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    // Held first and looked at then, so that it is still the same process.
    Ok(pids.filter_map(|pid: u32| hold(pid).ok().filter(|_| parent_of(pid) == Some(parent))).collect())
}

/// Field 4 of `/proc/<pid>/stat`; the name before it is in parentheses and may hold anything.
fn parent_of(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

const PREFIX: &str = "pentaprism-test-";

/// Removes the folders of processes that were killed before they could.
fn remove_abandoned() {
    for entry in fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.split_once('-')?.0.parse::<u32>().ok());
        let gone = owner.is_some_and(|pid| !Path::new(&format!("/proc/{pid}")).exists());
        // Where containers share the folder, another one's process is not in our /proc, but its lock is.
        let lock = entry.path().join("postgres/owner.lock");
        if gone && !fs::File::open(lock).is_ok_and(|lock| lock.try_lock().is_err()) {
            _ = fs::remove_dir_all(entry.path());
        }
    }
}
