//! Packages of Debian and its relatives, installed when we may.

use std::process::Command;

use anyhow::{Result, bail};

use super::on_path;
use crate::process;
use crate::ui::Step;

/// Installs packages; where that is not for us to do, fails with the command that somebody else can run.
pub fn install(packages: &[&str], what_for: &str, step: &Step) -> Result<()> {
    let names = packages.join(" ");
    if on_path("apt-get").is_none() {
        bail!(
            "{what_for} is missing. Install it with your system's package manager (on Debian: {names}), then run this again."
        );
    }
    if !rustix::process::geteuid().is_root() {
        bail!("{what_for} is missing. Run this, then run the command again:\n\n    sudo apt-get install {names}");
    }
    let mut command = apt_get("install");
    command.args(["--yes", "--no-install-recommends"]).args(packages);
    if process::capture(command, |line| step.line(line))?.status.success() {
        return Ok(());
    }
    // The usual reason is a list of packages that is missing or out of date.
    process::run(apt_get("update"), |line| step.line(line))?;
    let mut command = apt_get("install");
    command.args(["--yes", "--no-install-recommends"]).args(packages);
    process::run(command, |line| step.line(line))?;
    Ok(())
}

fn apt_get(subcommand: &str) -> Command {
    let mut command = Command::new("apt-get");
    command.arg(subcommand).env("DEBIAN_FRONTEND", "noninteractive");
    command
}
