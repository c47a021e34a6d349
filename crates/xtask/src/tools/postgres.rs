//! Postgres's server programs, which `pentaprism serve` and the tests start for themselves.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{apt, on_path};
use crate::process;
use crate::ui::Ui;

/// The oldest major version that the control plane's SQL supports.
const OLDEST: u32 = 15;

/// Where packages put them: Debian's and postgresql.org's name a folder for each version.
const PACKAGED: [(&str, &str); 3] = [("/usr/lib/postgresql", "bin"), ("/usr", "bin"), ("/usr/local/pgsql", "bin")];

/// Sees to it that there is one; the server finds it by itself, in the same places.
pub fn ensure(ui: &Ui) -> Result<()> {
    if installed().iter().any(|major| *major >= OLDEST) {
        return Ok(());
    }
    let step = ui.step("Postgres");
    apt::install(&["postgresql"], &format!("Postgres {OLDEST} or newer (or a DATABASE_URL of one that runs)"), &step)?;
    if let Some(newest) = installed().into_iter().max().filter(|newest| *newest < OLDEST) {
        bail!(
            "this system's packages have Postgres {newest}; {OLDEST} or newer is needed: see https://www.postgresql.org/download."
        );
    }
    step.done();
    Ok(())
}

/// A program that comes with the server, beside it: `pgbench`, and `pg_recvlogical` without the wrapper that Debian puts in front.
pub fn program(name: &str) -> Result<PathBuf> {
    let mut command = Command::new("pg_config");
    command.arg("--bindir");
    let folder = process::run(command, |_| ());
    let known = folder.map(|folder| Path::new(folder.trim()).join(name)).ok().filter(|file| file.is_file());
    known.with_context(|| {
        format!("{name} is missing: it comes with the server's packages, in the folder that `pg_config --bindir` names")
    })
}

/// The major versions whose server programs are here.
fn installed() -> Vec<u32> {
    candidates().iter().filter(|dir| dir.join("initdb").is_file()).filter_map(|dir| major(dir)).collect()
}

fn candidates() -> Vec<PathBuf> {
    let mut dirs = Vec::new();
    for (above, bin) in PACKAGED {
        dirs.push(Path::new(above).join(bin));
        for version in std::fs::read_dir(above).into_iter().flatten().flatten() {
            dirs.push(version.path().join(bin));
        }
    }
    dirs.extend(on_path("postgres").and_then(|file| file.parent().map(Path::to_owned)));
    dirs
}

fn major(dir: &Path) -> Option<u32> {
    let mut command = Command::new(dir.join("postgres"));
    command.arg("--version");
    parse(&process::run(command, |_| ()).ok()?)
}

/// `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`, or `... 18beta1`.
fn parse(version: &str) -> Option<u32> {
    let number = version.split_whitespace().nth(2)?;
    let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn the_major_version_is_read_from_every_kind_of_release() {
        assert_eq!(parse("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(parse("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(parse("nothing"), None);
    }
}
