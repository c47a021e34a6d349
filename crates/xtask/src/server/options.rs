//! How a server is started: where it listens, where it keeps its data, and what else its environment says.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result};

use super::port;
use crate::workspace::Workspace;

/// The addresses of one server.
#[derive(Clone, Copy, Debug)]
pub struct Listen {
    pub console: SocketAddr,
    pub data: SocketAddr,
    pub metrics: SocketAddr,
}

impl Listen {
    /// Free ports of the loopback interface.
    pub fn free() -> Result<Self> {
        let [console, data, metrics] = port::free()?;
        Ok(Self { console, data, metrics })
    }
}

/// Where a server keeps its data.
#[derive(Clone, Debug)]
pub enum Storage {
    /// Where its own configuration says, as `cargo x up` wants it.
    Configured,
    /// A private cluster in a folder that goes with the server.
    Temporary,
    /// A private cluster in a folder that stays, for a second start after a crash.
    Folder(PathBuf),
    /// A database of a server that runs already.
    Database(String),
}

/// All of it.
#[derive(Clone, Debug)]
pub struct Options {
    pub binary: PathBuf,
    pub listen: Listen,
    pub storage: Storage,
    /// Further variables, `PENTAPRISM__SECTION__KEY`.
    pub env: Vec<(String, String)>,
}

impl Options {
    /// A server for tests: free ports, and nothing of the caller's configuration.
    pub fn throwaway(binary: PathBuf, storage: Storage) -> Result<Self> {
        Ok(Self { binary, listen: Listen::free()?, storage, env: Vec::new() })
    }

    /// Fills in environment and working folder; answers with the folder to remove in the end.
    pub(super) fn prepare(&self, workspace: &Workspace, command: &mut Command) -> Result<Option<PathBuf>> {
        command.current_dir(workspace.root());
        let mut temporary = None;
        if !matches!(self.storage, Storage::Configured) {
            forget_configuration(command);
            // A folder without a pentaprism.toml.
            let folder = unused_folder()?;
            command.current_dir(&folder).env("PENTAPRISM__STORAGE__DATA_DIR", folder.join("data"));
            temporary = Some(folder);
        }
        match &self.storage {
            Storage::Configured | Storage::Temporary => {}
            Storage::Folder(folder) => _ = command.env("PENTAPRISM__STORAGE__DATA_DIR", folder),
            Storage::Database(url) => _ = command.env("DATABASE_URL", url),
        }
        command.env("PENTAPRISM__CONSOLE__LISTEN", self.listen.console.to_string());
        command.env("PENTAPRISM__DATA__LISTEN", self.listen.data.to_string());
        command.env("PENTAPRISM__METRICS__LISTEN", self.listen.metrics.to_string());
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        Ok(temporary)
    }
}

fn forget_configuration(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name == "DATABASE_URL" || name.to_str().is_some_and(|name| name.starts_with("PENTAPRISM_")) {
            command.env_remove(name);
        }
    }
}

/// In the system's folder for such things, since Postgres may run as a user who cannot enter our checkout.
fn unused_folder() -> Result<PathBuf> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("pentaprism-server-{}-{number}", std::process::id()));
    std::fs::create_dir(&folder).with_context(|| format!("could not make {}", folder.display()))?;
    Ok(folder)
}
