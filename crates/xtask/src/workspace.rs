//! Where things lie in the checkout, and cargo as this workspace wants it called.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

/// The checkout that `cargo x` was called in.
#[derive(Clone, Debug)]
pub struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// The workspace this crate belongs to, with cargo's own idea of the target folder.
    pub fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).context("crates/xtask has a root")?;
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(dir) => root.join(dir),
            None => root.join("target"),
        };
        Ok(Self { root: root.to_owned(), target })
    }

    /// A path inside the checkout.
    pub fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join(relative)
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Cargo's target folder.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// What `cargo x` itself keeps between runs: stamps of finished steps and their half-made results.
    pub fn scratch(&self) -> PathBuf {
        self.target.join("x")
    }

    /// The finished assets, which the server embeds.
    ///
    /// Always below the checkout, since the server names this folder relative to its own manifest.
    pub fn site(&self) -> PathBuf {
        self.root.join("target/site")
    }

    /// A program in the root of the checkout, without what `cargo run` left in the environment for us.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(belongs_to_cargo_run) {
                command.env_remove(name);
            }
        }
        command
    }

    /// Cargo: the one that started us. Nothing is asked of a database while it compiles, even if there is one.
    pub fn cargo(&self, subcommand: &str) -> Command {
        let mut command = self.command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.arg(subcommand).env("SQLX_OFFLINE", "true");
        command
    }
}

/// Variables that describe xtask and not the package being built; build scripts that watch them would run again and
/// again when plain cargo and `cargo x` take turns.
fn belongs_to_cargo_run(name: &str) -> bool {
    name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name == "CARGO_PRIMARY_PACKAGE"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_holds_this_crate() {
        assert!(Workspace::find().unwrap().path("crates/xtask/Cargo.toml").is_file());
    }

    #[test]
    fn only_what_cargo_run_adds_is_hidden_from_nested_cargo() {
        assert!(belongs_to_cargo_run("CARGO_PKG_NAME") && belongs_to_cargo_run("CARGO_MANIFEST_DIR"));
        assert!(!belongs_to_cargo_run("CARGO_TARGET_DIR") && !belongs_to_cargo_run("CARGO_BUILD_JOBS"));
    }
}
