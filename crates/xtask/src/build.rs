//! The server, as a debug build for daily work and as the one file of a release.

use std::path::PathBuf;

use anyhow::Result;

use crate::fingerprint::{Inputs, cached};
use crate::process;
use crate::ui::{Ui, size};
use crate::web;
use crate::workspace::Workspace;

const PACKAGE: &str = "pentaprism";

/// How the server is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Quickly; it reads the assets from `target/site/` when it starts.
    Debug,
    /// For people and for measuring; the assets are inside.
    Release,
}

/// Builds the server unless nothing that goes into it has changed. The assets have to be there already.
pub fn server(workspace: &Workspace, ui: &Ui, profile: Profile) -> Result<PathBuf> {
    let (name, folder) = match profile {
        Profile::Debug => ("Server", "debug"),
        Profile::Release => ("Release binary", "release"),
    };
    let binary = workspace.target().join(folder).join(PACKAGE);
    let inputs = inputs(workspace, profile)?;
    cached(workspace, ui, name, inputs, std::slice::from_ref(&binary), |step| {
        let mut command = workspace.cargo("build");
        command.args(["--package", PACKAGE]);
        if profile == Profile::Release {
            command.arg("--release");
        }
        process::run(command, |line| step.line(line))?;
        Ok(())
    })?;
    Ok(binary)
}

/// `cargo x build`: one release binary with assets and migrations inside.
pub fn release(workspace: &Workspace, ui: &Ui) -> Result<()> {
    web::command(workspace, ui)?;
    let binary = server(workspace, ui, Profile::Release)?;
    println!("{}  {}", binary.display(), size(std::fs::metadata(&binary)?.len()));
    Ok(())
}

/// Every crate but those that only test and build: one too many costs a look by cargo, one too few a stale server.
fn inputs(workspace: &Workspace, profile: Profile) -> Result<Inputs> {
    let mut inputs = Inputs::new().tree(&workspace.path("src"))?.tree(&workspace.path("app"))?;
    for krate in std::fs::read_dir(workspace.path("crates"))? {
        let krate = krate?;
        if !["xtask", "testkit", "bench"].iter().any(|name| krate.file_name() == *name) {
            inputs = inputs.tree(&krate.path())?;
        }
    }
    for file in ["Cargo.toml", "Cargo.lock", "build.rs", ".cargo/config.toml"] {
        inputs = inputs.file(&workspace.path(file))?;
    }
    match profile {
        Profile::Debug => Ok(inputs),
        Profile::Release => inputs.tree(&workspace.site()),
    }
}
