//! The server, as a debug build for daily work and as the one file of a release.

use std::path::PathBuf;

use anyhow::Result;

use crate::fingerprint::{Inputs, cached};
use crate::process;
use crate::ui::{Ui, size};
use crate::web;
use crate::workspace::Workspace;

const PACKAGE: &str = "pentaprism";

/// Builds the debug server unless nothing that goes into it has changed. It reads the assets when it starts.
pub fn server(workspace: &Workspace, ui: &Ui) -> Result<PathBuf> {
    let binary = workspace.target().join("debug").join(PACKAGE);
    // Every crate but those that only test and build: one too many costs a look by cargo, one too few a stale server.
    let mut inputs = Inputs::new().tree(&workspace.path("src"))?.tree(&workspace.path("app"))?;
    for krate in std::fs::read_dir(workspace.path("crates"))? {
        let krate = krate?;
        if krate.file_name() != "xtask" && krate.file_name() != "testkit" {
            inputs = inputs.tree(&krate.path())?;
        }
    }
    for file in ["Cargo.toml", "Cargo.lock", ".cargo/config.toml"] {
        inputs = inputs.file(&workspace.path(file))?;
    }
    cached(workspace, ui, "Server", inputs, std::slice::from_ref(&binary), |step| {
        let mut command = workspace.cargo("build");
        command.args(["--package", PACKAGE]);
        process::run(command, |line| step.line(line))?;
        Ok(())
    })?;
    Ok(binary)
}

/// `cargo x build`: one release binary with assets and migrations inside.
pub fn release(workspace: &Workspace, ui: &Ui) -> Result<()> {
    web::command(workspace, ui)?;
    let step = ui.step("Release binary");
    let mut command = workspace.cargo("build");
    command.args(["--release", "--package", PACKAGE]);
    process::run(command, |line| step.line(line))?;
    step.done();
    let binary = workspace.target().join("release").join(PACKAGE);
    println!("{}  {}", binary.display(), size(std::fs::metadata(&binary)?.len()));
    Ok(())
}
