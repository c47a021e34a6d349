//! What the parts of the soak run against: servers, and a database that can be asked.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result};

use crate::database::Database;
use crate::files;
use crate::seeded::MASTER_KEY;
use crate::server::{Options, Server, Storage};
use crate::workspace::Workspace;

/// Lines of a log that are worth reading.
const LAST_WORDS: usize = 30;

/// All that a part needs to know.
#[derive(Debug)]
pub struct Site<'a> {
    pub workspace: &'a Workspace,
    pub binary: PathBuf,
    /// The throwaway cluster's own database.
    pub cluster: Database,
    pub short: bool,
    pub seed: u64,
}

impl Site<'_> {
    /// `long`, or `short` in the short form.
    pub fn sized<T>(&self, long: T, short: T) -> T {
        if self.short { short } else { long }
    }

    /// How a server with this storage is started: anybody may sign up, and every client says where it comes from.
    pub fn options(&self, storage: Storage, further: &[(&str, &str)]) -> Result<Options> {
        let mut options = Options::throwaway(self.binary.clone(), storage)?;
        let usual = [
            ("PENTAPRISM__STORAGE__MASTER_KEY", MASTER_KEY),
            ("PENTAPRISM__IDENTITY__SIGN_UP", "open"),
            ("PENTAPRISM__CONSOLE__TRUSTED_PROXIES", r#"["127.0.0.0/8"]"#),
            ("PENTAPRISM__LOG__FILTER", "warn"),
        ];
        let all = usual.iter().chain(further);
        options.env = all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Ok(options)
    }

    pub fn start(&self, options: &Options) -> Result<Server> {
        Server::start(self.workspace, options)
    }
}

/// A folder for a private cluster, gone when this is dropped.
#[derive(Debug)]
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Result<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("pentaprism-soak-{}-{number}", std::process::id()));
        std::fs::create_dir(&folder).with_context(|| format!("could not make {}", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nobody is left to tell.
        let _unreported = files::remove_dir(&self.0);
    }
}

/// Adds the last words of the server to an error.
pub fn explained<T>(result: Result<T>, server: &Server) -> Result<T> {
    result.with_context(|| {
        let log = server.log();
        let lines: Vec<_> = log.lines().rev().take(LAST_WORDS).collect();
        format!("the server's last words:\n{}\n", lines.into_iter().rev().collect::<Vec<_>>().join("\n"))
    })
}
