//! What the server holds when nobody asks for anything.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use super::stage::{ROLE, Stage};
use crate::process::interrupt;
use crate::soak::system;

const PATIENCE: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(200);
/// Of the pools of two tenants.
const MOST_CONNECTIONS: usize = 20;
/// Open files of a server at rest, beside its connections to the tenants' database.
const MOST_FILES: usize = 80;

/// Connections and transactions as Postgres counts them, files and memory as Linux does.
#[derive(Clone, Debug)]
pub struct Footprint {
    pub connections: usize,
    pub open_transactions: usize,
    pub files: usize,
    pub memory_mb: f64,
    pub peak_mb: f64,
}

impl Footprint {
    /// Once all that was under way has ended.
    ///
    /// # Errors
    /// When something stays.
    pub fn settled(stage: &Stage) -> Result<Self> {
        let begun = Instant::now();
        loop {
            interrupt::check()?;
            let now = Self::take(stage)?;
            let files = MOST_FILES + now.connections;
            if now.open_transactions == 0 && now.connections <= MOST_CONNECTIONS && now.files <= files {
                return Ok(now);
            }
            if begun.elapsed() > PATIENCE {
                bail!("{PATIENCE:?} after the last request the server holds {now}");
            }
            std::thread::sleep(PAUSE);
        }
    }

    fn take(stage: &Stage) -> Result<Self> {
        let count = |further: &str| -> Result<usize> {
            let sql = format!("select count(*) from pg_stat_activity where usename = '{ROLE}' {further}");
            Ok(stage.upstream.run(&sql)?.trim().parse()?)
        };
        let (memory_mb, peak_mb) = system::memory(stage.server())?;
        Ok(Self {
            connections: count("")?,
            open_transactions: count("and (xact_start is not null or state <> 'idle')")?,
            files: system::open_files(stage.server())?,
            memory_mb: memory_mb.round(),
            peak_mb: peak_mb.round(),
        })
    }
}

impl fmt::Display for Footprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { connections, open_transactions, files, memory_mb, peak_mb } = self;
        write!(
            f,
            "{connections} connections, {open_transactions} open transactions, {files} files, {memory_mb} MB (peak {peak_mb})"
        )
    }
}
