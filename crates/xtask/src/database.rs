//! A database beside the server: made, filled and asked with `psql`.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::process;

/// Where to ask: a URL, or libpq's list of `key=value`.
#[derive(Clone, Debug)]
pub struct Database(pub String);

impl Database {
    /// Runs statements and answers with what they print.
    pub fn run(&self, sql: &str) -> Result<String> {
        let mut command = Command::new("psql");
        command.args(["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-d", &self.0, "-c", sql]);
        process::run(command, |_| ()).context("psql, which comes with Postgres's client programs, asks the database")
    }

    /// Runs the statements of a file.
    pub fn run_file(&self, file: &Path) -> Result<()> {
        let mut command = Command::new("psql");
        command.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", &self.0, "-f"]).arg(file);
        process::run(command, |_| ()).map(drop)
    }

    /// The one JSON value that a statement answers with. One statement sees one moment.
    pub fn json(&self, sql: &str) -> Result<Value> {
        Ok(serde_json::from_str(self.run(sql)?.trim())?)
    }

    /// The same server's database of that name, made now.
    pub fn create(&self, name: &str) -> Result<Self> {
        self.run(&format!("create database {name}"))?;
        let (server, _) = self.0.rsplit_once('/').context("the URL ends with a database")?;
        Ok(Self(format!("{server}/{name}")))
    }
}
