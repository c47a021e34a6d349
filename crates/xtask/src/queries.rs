//! `cargo x sqlx`: what the database says about every checked query, kept in `crates/control/.sqlx` so that nobody
//! needs a database to compile.
//!
//! The macros of sqlx write one file a query themselves, when they are compiled with a live database; this gives them
//! one with all migrations, and compares or keeps what they wrote.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result};

use crate::cluster::Cluster;
use crate::ui::{Step, Ui};
use crate::workspace::Workspace;
use crate::{files, process};

/// The crates with checked queries; each has its migrations and its `.sqlx` beside its sources.
const CRATES: [&str; 1] = ["control"];

/// Writes the files anew.
pub fn prepare(workspace: &Workspace, ui: &Ui) -> Result<()> {
    for krate in CRATES {
        let step = ui.step(&format!("Queries of {krate}"));
        let queries = collect(workspace, krate, &step)?;
        let kept = kept_in(workspace, krate);
        files::remove_dir(&kept)?;
        for (name, content) in &queries {
            files::write(&kept.join(name), content)?;
        }
        step.done_with(&format!("{} kept in {}", queries.len(), kept.display()));
    }
    Ok(())
}

/// What is missing, stale or superfluous; nothing when all is as it should be.
pub fn differences(workspace: &Workspace, step: &Step) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for krate in CRATES {
        let kept = read(&kept_in(workspace, krate))?;
        found.extend(compare(krate, &kept, &collect(workspace, krate, step)?));
    }
    Ok(found)
}

/// Everything that decides about the outcome of [`differences`].
pub fn inputs(workspace: &Workspace) -> Vec<PathBuf> {
    CRATES.iter().map(|krate| workspace.path("crates").join(krate)).collect()
}

fn kept_in(workspace: &Workspace, krate: &str) -> PathBuf {
    workspace.path("crates").join(krate).join(".sqlx")
}

fn collect(workspace: &Workspace, krate: &str, step: &Step) -> Result<BTreeMap<String, Vec<u8>>> {
    let home = workspace.path("crates").join(krate);
    let fresh = workspace.scratch().join("queries").join(krate);
    files::empty_dir(&fresh)?;
    let migrations = home.join("migrations");
    let cluster = match migrations.is_dir() {
        true => Cluster::migrated(workspace, &migrations, step)?,
        false => Cluster::start(workspace, step)?,
    };
    let _touched = Touched::now(&home.join("src/lib.rs"))?;
    let mut command = workspace.cargo("check");
    command.args(["--package", krate, "--all-targets"]);
    command.env("DATABASE_URL", cluster.url()).env("SQLX_OFFLINE", "false").env("SQLX_OFFLINE_DIR", &fresh);
    process::run(command, |line| step.line(line))?;
    read(&fresh)
}

fn read(dir: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut queries = BTreeMap::new();
    for file in files::below(dir)? {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        queries.insert(name, files::read(&file)?);
    }
    Ok(queries)
}

fn compare(krate: &str, kept: &BTreeMap<String, Vec<u8>>, fresh: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let mut found = Vec::new();
    for (name, content) in fresh {
        match kept.get(name) {
            None => found.push(format!("crates/{krate}/.sqlx/{name} is missing")),
            Some(old) if old != content => found.push(format!("crates/{krate}/.sqlx/{name} is out of date")),
            Some(_) => {}
        }
    }
    let unused = kept.keys().filter(|name| !fresh.contains_key(*name));
    found.extend(unused.map(|name| format!("crates/{krate}/.sqlx/{name} belongs to no query any more")));
    found
}

/// A source that looks changed, so that cargo compiles it again; its time is put back in the end, so that other
/// builds do not.
struct Touched {
    file: File,
    before: SystemTime,
}

impl Touched {
    fn now(path: &Path) -> Result<Self> {
        let file =
            File::options().append(true).open(path).with_context(|| format!("could not open {}", path.display()))?;
        let before = fs::metadata(path)?.modified()?;
        // The time is no input of a test here: cargo compares it with that of its own files.
        #[expect(clippy::disallowed_methods)]
        file.set_modified(SystemTime::now())?;
        Ok(Self { file, before })
    }
}

impl Drop for Touched {
    fn drop(&mut self) {
        // At worst somebody compiles this crate once more.
        let _unreported = self.file.set_modified(self.before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queries(list: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
        list.iter().map(|(name, content)| ((*name).to_owned(), content.as_bytes().to_vec())).collect()
    }

    #[test]
    fn every_kind_of_difference_is_named() {
        let kept = queries(&[("same", "1"), ("stale", "1"), ("unused", "1")]);
        let fresh = queries(&[("same", "1"), ("stale", "2"), ("new", "1")]);
        let found = compare("control", &kept, &fresh).join("\n");
        assert!(found.contains("new is missing") && found.contains("stale is out of date"), "{found}");
        assert!(found.contains("unused belongs to no query") && !found.contains("same"), "{found}");
    }
}
