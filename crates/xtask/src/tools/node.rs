//! Node, and the npm packages of the build (`style/`) and of the journeys (`end2end/`).

use std::process::Command;

use anyhow::{Context, Result, bail};

use super::on_path;
use crate::fingerprint::{Inputs, cached};
use crate::process;
use crate::ui::Ui;
use crate::workspace::Workspace;

const OLDEST: u32 = 20;

/// Node as found on PATH, in one of our npm folders.
pub fn node(workspace: &Workspace, folder: &str) -> Command {
    let mut command = Command::new("node");
    command.current_dir(workspace.path(folder));
    command
}

/// Installs the packages that a folder's lock file names, when they are not there yet.
pub fn install(workspace: &Workspace, ui: &Ui, folder: &str) -> Result<()> {
    check()?;
    let dir = workspace.path(folder);
    let inputs = Inputs::new().file(&dir.join("package.json"))?.file(&dir.join("package-lock.json"))?;
    // npm's own record of what it has installed.
    let outputs = [dir.join("node_modules/.package-lock.json")];
    cached(workspace, ui, &format!("npm packages of {folder}"), inputs, &outputs, |step| {
        let mut command = Command::new("npm");
        // No package of ours needs its install script; some would download a program.
        command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&dir);
        process::run(command, |line| step.line(line))?;
        Ok(())
    })?;
    Ok(())
}

fn check() -> Result<()> {
    for tool in ["node", "npm"] {
        if on_path(tool).is_none() {
            bail!(
                "`{tool}` is missing: install Node {OLDEST} or newer, from https://nodejs.org or your system's packages."
            );
        }
    }
    let version = process::run(version_command(), |_| ())?;
    match major(&version) {
        Some(found) if found >= OLDEST => Ok(()),
        _ => bail!("Node {} is too old: install Node {OLDEST} or newer, from https://nodejs.org.", version.trim()),
    }
}

fn version_command() -> Command {
    let mut command = Command::new("node");
    command.arg("--version");
    command
}

fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// A script of ours that needs packages of `style/`.
pub fn script(workspace: &Workspace, name: &str) -> Result<Command> {
    let file = workspace.path("crates/xtask/scripts").join(name);
    let file = file.canonicalize().with_context(|| format!("the script {} is gone", file.display()))?;
    let mut command = node(workspace, "style");
    command.arg(file);
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn the_major_version_is_what_counts() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("20.20.2"), None);
    }
}
