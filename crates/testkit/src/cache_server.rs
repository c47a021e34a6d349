//! A Redis or Valkey of a test's own.

use std::{
    fs,
    io::{self, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    os::fd::OwnedFd,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use tempfile::TempDir;

/// Why a throwaway cache server could not be had.
#[derive(Debug, thiserror::Error)]
pub enum CacheServerError {
    #[error("there is no redis-server and no valkey-server on PATH (Debian: apt-get install redis-server)")]
    Missing,
    /// The temporary folder, a port, a thread or a process.
    #[error("a throwaway cache server needs a temporary folder, a free port and setpriv: {0}")]
    Io(#[from] io::Error),
    /// With the end of its log.
    #[error("the throwaway cache server does not come up: {0}")]
    Silent(String),
}

/// A Redis or Valkey on a free port of 127.0.0.1 that keeps nothing on disk, unless told to, and ends when it is dropped, or when the process that made it
/// dies. Its methods block and need no runtime.
#[derive(Debug)]
pub struct CacheServer {
    // Before the folder, so that the server has ended when that is removed.
    process: Option<Process>,
    program: PathBuf,
    settings: Vec<String>,
    address: SocketAddr,
    folder: TempDir,
}

#[derive(Debug)]
struct Process {
    descriptor: OwnedFd,
    ended: Receiver<()>,
}

const PROGRAMS: [&str; 2] = ["valkey-server", "redis-server"];
/// Another process may take the free port first.
const ATTEMPTS: usize = 5;
const PATIENCE: Duration = Duration::from_secs(20);

impl CacheServer {
    pub fn throwaway() -> Result<Self, CacheServerError> {
        Self::throwaway_with(&[])
    }

    /// [`CacheServer::throwaway`] with further settings, `(name, value)`.
    pub fn throwaway_with(settings: &[(&str, &str)]) -> Result<Self, CacheServerError> {
        let paths = std::env::var_os("PATH").unwrap_or_default();
        let found = |name: &&str| std::env::split_paths(&paths).map(|dir| dir.join(name)).find(|file| file.is_file());
        let program = PROGRAMS.iter().find_map(found).ok_or(CacheServerError::Missing)?;
        let folder = tempfile::Builder::new().prefix("pentaprism-cache-").tempdir()?;
        let settings = settings.iter().flat_map(|(name, value)| [format!("--{name}"), (*value).to_owned()]).collect();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let mut server = Self { process: None, program, settings, address, folder };
        for attempt in 1.. {
            server.address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
            match server.start() {
                Err(CacheServerError::Silent(log)) if attempt < ATTEMPTS && log.contains("in use") => {}
                started => return started.map(|()| server),
            }
        }
        unreachable!("the last attempt returns")
    }

    /// `redis://127.0.0.1:PORT`, without a password.
    pub fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends it at once, as a crash of the machine would.
    pub fn kill9(&mut self) {
        if let Some(process) = self.process.take() {
            process.signal(Signal::CONT);
            process.signal(Signal::KILL);
            _ = process.ended.recv();
        }
    }

    /// Starts it again on the same port; ends it first if it runs.
    pub fn restart(&mut self) -> Result<(), CacheServerError> {
        self.kill9();
        self.start()
    }

    /// It says nothing, and its connections stay.
    pub fn pause(&self) {
        self.process.iter().for_each(|process| process.signal(Signal::STOP));
    }

    pub fn resume(&self) {
        self.process.iter().for_each(|process| process.signal(Signal::CONT));
    }

    fn start(&mut self) -> Result<(), CacheServerError> {
        let log = self.folder.path().join("log");
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--"]).arg(&self.program);
        command.args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no"]);
        command.arg("--port").arg(self.address.port().to_string()).arg("--dir").arg(self.folder.path());
        command.args(&self.settings);
        command.stdin(Stdio::null()).stdout(fs::File::create(&log)?).stderr(Stdio::null());
        let process = spawn(command)?;
        let deadline = Instant::now() + PATIENCE;
        while !answers(self.address) {
            if Instant::now() > deadline || process.ended.try_recv().is_ok() {
                return Err(CacheServerError::Silent(tail(&log)));
            }
            thread::sleep(Duration::from_millis(10));
        }
        self.process = Some(process);
        Ok(())
    }
}

impl Drop for CacheServer {
    fn drop(&mut self) {
        self.kill9();
    }
}

impl Process {
    fn signal(&self, signal: Signal) {
        _ = pidfd_send_signal(&self.descriptor, signal);
    }
}

/// The kernel takes the end of the spawning thread for the death of the parent: this thread stays until the end.
fn spawn(mut command: Command) -> io::Result<Process> {
    let (started, result) = channel();
    let (end, ended) = channel();
    thread::Builder::new().name("cache-server".to_owned()).spawn(move || {
        let spawned =
            command.spawn().and_then(|child| Ok((pidfd_open(Pid::from_child(&child), PidfdFlags::empty())?, child)));
        match spawned {
            Ok((descriptor, mut child)) => {
                _ = started.send(Ok(descriptor));
                _ = child.wait();
                _ = end.send(());
            }
            Err(error) => _ = started.send(Err(error)),
        }
    })?;
    let descriptor = result.recv().map_err(io::Error::other)??;
    Ok(Process { descriptor, ended })
}

/// Also a refusal to work without a password is an answer.
fn answers(address: SocketAddr) -> bool {
    let ask = || -> io::Result<bool> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(b"PING\r\n")?;
        let mut first = [0; 5];
        stream.read_exact(&mut first)?;
        Ok(matches!(&first, b"+PONG" | b"-NOAU"))
    };
    ask().unwrap_or(false)
}

fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = text.lines().rev().take(5).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join(" / ")
}
