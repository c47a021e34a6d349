//! One Postgres process, from its start to its end.

use std::{
    io,
    net::SocketAddr,
    os::{fd::OwnedFd, unix::process::CommandExt},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::mpsc::{Sender, SyncSender, sync_channel},
    thread,
};

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::{
    config::ClusterConfig,
    error::ClusterError,
    files,
    find::Binaries,
    log::{self, Mark},
    place::Place,
    privilege,
    watch::Event,
};

/// How to start Postgres on this cluster, again and again.
#[derive(Debug)]
pub(super) struct Recipe {
    pub place: Place,
    pub binaries: Binaries,
    pub socket_dir: PathBuf,
    pub port: u16,
    pub config: ClusterConfig,
}

/// A running Postgres. Its number may be reused once it is dead; the descriptor still means this process then.
#[derive(Debug)]
pub(super) struct Process {
    pub pid: u32,
    /// Where the log of this run begins.
    pub log: Mark,
    descriptor: OwnedFd,
}

impl Process {
    /// Sends a signal; one that has ended already is left alone.
    pub fn signal(&self, signal: Signal) {
        _ = pidfd_send_signal(&self.descriptor, signal);
    }
}

impl Drop for Process {
    /// Nobody looks after it any more: what has not ended yet, shall.
    fn drop(&mut self) {
        self.signal(Signal::INT);
    }
}

impl Recipe {
    /// Starts Postgres, and sends [`Event::Exited`] when it has ended.
    pub fn launch(&self, events: Sender<Event>) -> Result<Process, ClusterError> {
        let command = self.command()?;
        let log = Mark::now(&self.place.data);
        let (started, result) = sync_channel(1);
        // The kernel takes the end of the spawning thread for the death of the parent: this thread stays until the end.
        thread::Builder::new()
            .name("postgres".to_owned())
            .spawn(move || attend(command, log, &started, &events))
            .map_err(|error| ClusterError::Thread(Some(error)))?;
        result
            .recv()
            .map_err(|_| ClusterError::Thread(None))?
            .map_err(|error| ClusterError::NoLauncher(error.to_string()))
    }

    /// Where Postgres's standard error goes until its log begins.
    pub fn start_log(&self) -> PathBuf {
        self.place.home.join("start.log")
    }

    fn command(&self) -> Result<Command, ClusterError> {
        let path = self.start_log();
        let start_log = files::private()
            .write(true)
            .create(true)
            .truncate(true)
            .open(&path)
            .map_err(ClusterError::io("write", &path))?;
        let mut command = privilege::command(self.place.user.as_ref(), "INT", self.binaries.postgres());
        command.arg("-D").arg(&self.place.data);
        for (name, value) in self.settings()? {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        command.stdout(Stdio::null()).stderr(start_log);
        // Ctrl-C in a terminal goes to the whole group; Postgres has to outlive the requests that are being finished.
        command.process_group(0);
        Ok(command)
    }

    /// On the command line rather than in a file: they follow the program's version, and nobody edits them by mistake.
    fn settings(&self) -> Result<Vec<(String, String)>, ClusterError> {
        let socket_dir = self.socket_dir.to_str().ok_or_else(|| {
            ClusterError::io("use", &self.socket_dir)(io::Error::new(io::ErrorKind::InvalidInput, "not UTF-8"))
        })?;
        let mut settings = vec![
            ("cluster_name", "pentaprism".to_owned()),
            ("listen_addresses", self.config.tcp.as_ref().map(|tcp| tcp.ip().to_string()).unwrap_or_default()),
            ("port", self.port.to_string()),
            // A list, in which quotes protect commas and spaces.
            ("unix_socket_directories", format!("\"{}\"", socket_dir.replace('"', "\"\""))),
            ("unix_socket_permissions", "0700".to_owned()),
            ("password_encryption", "scram-sha-256".to_owned()),
            // Pulse reads changes through logical replication.
            ("wal_level", "logical".to_owned()),
            ("max_wal_senders", "20".to_owned()),
            ("max_replication_slots", "20".to_owned()),
            ("logging_collector", "on".to_owned()),
            ("log_destination", "stderr".to_owned()),
            ("log_directory", "log".to_owned()),
            ("log_filename", "%Y%m%d-%H%M%S.log".to_owned()),
            ("log_file_mode", "0600".to_owned()),
            ("log_rotation_age", "1d".to_owned()),
            ("log_rotation_size", format!("{}MB", log::FILE_MB)),
        ];
        if !self.config.durable {
            // Not synchronous_commit: without fsync it costs next to nothing, and with it what is acknowledged outlives
            // a crash of Postgres, though not one of the machine.
            settings.extend(["fsync", "full_page_writes"].map(|name| (name, "off".to_owned())));
        }
        let ours = settings.into_iter().map(|(name, value)| (name.to_owned(), value));
        Ok(ours.chain(self.config.settings.iter().cloned()).collect())
    }
}

/// The port, which names the socket too; without TCP it need not be free on the machine.
pub(super) fn port(tcp: Option<SocketAddr>) -> u16 {
    tcp.map_or(5432, |tcp| tcp.port())
}

fn attend(mut command: Command, log: Mark, started: &SyncSender<io::Result<Process>>, events: &Sender<Event>) {
    let spawned = command.spawn().and_then(|child| Ok((hold(&child, log)?, child)));
    let (process, mut child) = match spawned {
        Ok(spawned) => spawned,
        Err(error) => {
            _ = started.send(Err(error));
            return;
        }
    };
    _ = started.send(Ok(process));
    // Whoever listened may be gone; then nobody needs to know.
    _ = events.send(match child.wait() {
        Ok(status) => Event::Exited(status.to_string()),
        Err(error) => Event::Exited(error.to_string()),
    });
}

fn hold(child: &Child, log: Mark) -> io::Result<Process> {
    Ok(Process { pid: child.id(), log, descriptor: pidfd_open(Pid::from_child(child), PidfdFlags::empty())? })
}
