//! Looks after a Postgres that this process owns: the first start, a new start after a crash, the stop.

use std::{
    fs,
    path::PathBuf,
    sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use rustix::process::Signal;
use tokio::sync::watch;

use super::{
    error::ClusterError,
    leftover,
    lock::Lock,
    log, probe,
    run::{Process, Recipe},
};

/// How the cluster is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// It accepts connections; `pid` is the postmaster.
    Running { pid: u32 },
    /// It has died and is being started again, for the `attempt`-th time in a row.
    Restarting { attempt: u32, reason: String },
    /// It does not come up. It is tried again every half minute, unless the configuration forbids restarts.
    Failed { reason: String },
    /// It was stopped on request.
    Stopped,
}

/// What the watching thread hears about.
#[derive(Debug)]
pub(super) enum Event {
    /// Postgres has ended, in words.
    Exited(String),
    /// The owner wants it to end.
    Stop,
}

/// The owner's end of the watching thread. Dropping it asks Postgres to stop without waiting for that.
#[derive(Debug)]
pub(super) struct Watch {
    events: Sender<Event>,
    status: watch::Receiver<Status>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Starts Postgres and returns when it accepts connections. The lock is released when Postgres has ended.
    pub fn start(recipe: Recipe, lock: Lock) -> Result<Self, ClusterError> {
        let (events, heard) = mpsc::channel();
        let (first, result) = mpsc::sync_channel(1);
        let (status, seen) = watch::channel(Status::Restarting { attempt: 0, reason: "first start".to_owned() });
        let watcher = Watcher { recipe, events: events.clone(), heard, status, _lock: lock };
        let thread = thread::Builder::new()
            .name("postgres-watch".to_owned())
            .spawn(move || watcher.run(&first))
            .map_err(|error| ClusterError::Thread(Some(error)))?;
        result.recv().map_err(|_| ClusterError::Thread(None))??;
        Ok(Self { events, status: seen, thread: Some(thread) })
    }

    pub fn status(&self) -> watch::Receiver<Status> {
        self.status.clone()
    }

    /// Stops Postgres and waits until it has ended.
    pub fn stop(mut self) -> Result<(), ClusterError> {
        _ = self.events.send(Event::Stop);
        self.thread.take().map_or(Ok(()), |thread| thread.join().map_err(|_| ClusterError::Thread(None)))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        _ = self.events.send(Event::Stop);
    }
}

/// How often the folder of logs is looked at.
const HOUSEKEEPING: Duration = Duration::from_secs(60);
/// How often a starting Postgres is asked whether it is ready.
const PROBE: Duration = Duration::from_millis(25);
/// The wait before the first new start; it doubles with each in a row.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// After so many starts in a row it counts as failed.
const PATIENCE: u32 = 6;
/// A Postgres that has run so long was fine: its crash begins a new row.
const HEALTHY: Duration = Duration::from_secs(60);
/// What an immediate shutdown may take before the kernel ends the process.
const IMMEDIATE: Duration = Duration::from_secs(5);

struct Watcher {
    recipe: Recipe,
    events: Sender<Event>,
    heard: Receiver<Event>,
    status: watch::Sender<Status>,
    _lock: Lock,
}

impl Drop for Watcher {
    /// A socket folder in a shared place would stay behind; Postgres has taken its socket out of it.
    fn drop(&mut self) {
        _ = fs::remove_dir(&self.recipe.socket_dir);
    }
}

/// How an attempt to start, or a run, came to its end.
enum End {
    Crashed(ClusterError),
    Stopped,
}

impl Watcher {
    fn run(self, first: &SyncSender<Result<(), ClusterError>>) {
        let limit = Some(Instant::now() + self.recipe.config.start_timeout);
        let mut process = match self.start(limit) {
            Ok(process) => process,
            Err(End::Crashed(error)) => {
                _ = first.send(Err(error));
                return;
            }
            Err(End::Stopped) => return,
        };
        _ = first.send(Ok(()));
        let mut attempt = 0;
        loop {
            let since = Instant::now();
            let End::Crashed(error) = self.attend(&process) else { return };
            if since.elapsed() > HEALTHY {
                attempt = 0;
            }
            process = match self.restart(error, &mut attempt) {
                Some(process) => process,
                None => return,
            };
        }
    }

    /// Starts Postgres and waits until it accepts connections: as long as it lives, or up to `limit`.
    fn start(&self, limit: Option<Instant>) -> Result<Process, End> {
        let process = self.recipe.launch(self.events.clone()).map_err(End::Crashed)?;
        let begun = Instant::now();
        loop {
            match self.heard.recv_timeout(PROBE) {
                Ok(Event::Exited(status)) => {
                    let recipe = &self.recipe;
                    let log = process.log.last_words_of_a_start(&recipe.start_log(), &recipe.place.data);
                    return Err(End::Crashed(ClusterError::Died { status, log, logs: self.logs() }));
                }
                Ok(Event::Stop) | Err(RecvTimeoutError::Disconnected) => {
                    self.stop(&process);
                    return Err(End::Stopped);
                }
                Err(RecvTimeoutError::Timeout) if self.accepts(&process) => {
                    self.status.send_replace(Status::Running { pid: process.pid });
                    return Ok(process);
                }
                Err(RecvTimeoutError::Timeout) if limit.is_some_and(|limit| Instant::now() > limit) => {
                    let error =
                        ClusterError::Slow { waited: begun.elapsed(), log: self.words(&process), logs: self.logs() };
                    self.stop(&process);
                    return Err(End::Crashed(error));
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    fn accepts(&self, process: &Process) -> bool {
        // The file of an earlier run may still be there.
        let said = leftover::read(&self.recipe.place.data).ok().flatten();
        said.is_some_and(|server| server.pid == process.pid && probe::accepts(&server))
    }

    /// Waits until Postgres ends, by itself or on request.
    fn attend(&self, process: &Process) -> End {
        loop {
            log::prune(&self.recipe.place.data);
            match self.heard.recv_timeout(HOUSEKEEPING) {
                Ok(Event::Exited(status)) => {
                    let log = self.words(process);
                    return End::Crashed(ClusterError::Died { status, log, logs: self.logs() });
                }
                Ok(Event::Stop) | Err(RecvTimeoutError::Disconnected) => {
                    self.stop(process);
                    return End::Stopped;
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    /// Starts Postgres again until it is up, with a longer pause each time; `None` when there is nothing more to do.
    fn restart(&self, mut error: ClusterError, attempt: &mut u32) -> Option<Process> {
        loop {
            let reason = error.to_string();
            tracing::error!(%error, attempt, "the private cluster has died");
            if !self.recipe.config.restart_after_crash {
                self.status.send_replace(Status::Failed { reason });
                return None;
            }
            *attempt += 1;
            let pause = FIRST_PAUSE.saturating_mul(1 << (*attempt - 1).min(16)).min(LONGEST_PAUSE);
            self.status.send_replace(match *attempt {
                attempt @ ..=PATIENCE => Status::Restarting { attempt, reason },
                _ => Status::Failed { reason },
            });
            // Nothing runs, so all there can be to hear is the wish to stop.
            if !matches!(self.heard.recv_timeout(pause), Err(RecvTimeoutError::Timeout)) {
                self.status.send_replace(Status::Stopped);
                return None;
            }
            // No limit: recovery that is interrupted begins anew, and would never end.
            match self.start(None) {
                Ok(process) => {
                    tracing::warn!(pid = process.pid, attempt, "the private cluster runs again");
                    return Some(process);
                }
                Err(End::Crashed(next)) => error = next,
                Err(End::Stopped) => return None,
            }
        }
    }

    /// Fast shutdown, then immediate shutdown, then the kernel.
    fn stop(&self, process: &Process) {
        let patience =
            [(Signal::INT, self.recipe.config.stop_timeout), (Signal::QUIT, IMMEDIATE), (Signal::KILL, IMMEDIATE)];
        for (signal, patience) in patience {
            process.signal(signal);
            let deadline = Instant::now() + patience;
            loop {
                match self.heard.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                    // Asked twice.
                    Ok(Event::Stop) => {}
                    Ok(Event::Exited(_)) => {
                        self.status.send_replace(Status::Stopped);
                        return;
                    }
                    Err(_) => break,
                }
            }
            tracing::warn!(pid = process.pid, ?signal, "the private cluster is slow to stop");
        }
    }

    fn words(&self, process: &Process) -> String {
        process.log.last_words(&self.recipe.start_log(), &self.recipe.place.data)
    }

    fn logs(&self) -> PathBuf {
        log::dir(&self.recipe.place.data)
    }
}
