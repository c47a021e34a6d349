//! `throwaway [MIGRATIONS]`: a Postgres for one command of `cargo x`.
//!
//! `throwaway --restart`: one with few connections that comes up again by itself when it is killed.
//!
//! Prints the URL of a database, into which it has applied the migrations of that folder, and keeps the cluster until
//! its standard input ends, which it does however the command ends. A program of its own, so that nobody who only
//! wants to build waits for a database driver to compile.

use std::io::{Read, Write, stdin, stdout};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use sqlx::Connection;
use sqlx::migrate::Migrator;

fn main() -> Result<()> {
    // The end of the input is the one sign to stop: Ctrl-C reaches the whole terminal, and the tests still need us.
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, Arc::new(AtomicBool::new(false)))?;
    }
    let argument = std::env::args_os().nth(1);
    let restart = argument.as_ref().is_some_and(|argument| argument == "--restart");
    let cluster = match restart {
        true => testkit::Cluster::restarting(&[("max_connections", "60")])?,
        false => testkit::Cluster::throwaway()?,
    };
    let url = match argument.filter(|_| !restart) {
        Some(folder) => {
            let url = cluster.create_database("migrated")?;
            migrate(folder.into(), &url)?;
            url
        }
        None => cluster.admin_url()?,
    };
    writeln!(stdout(), "{url}")?;
    stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

fn migrate(folder: PathBuf, url: &str) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let migrator = Migrator::new(folder.as_path()).await;
        let migrator = migrator.with_context(|| format!("could not read the migrations in {}", folder.display()))?;
        let mut connection = sqlx::PgConnection::connect(url).await?;
        migrator.run(&mut connection).await.context("a migration failed")?;
        connection.close().await?;
        Ok(())
    })
}
