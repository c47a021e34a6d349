//! Others take every connection that the database has: who needs a new one is told so, and is served when they let go.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::asks::{Asker, Told};
use super::kills::recovered;
use super::stage::{ROLE, Stage};
use crate::process::interrupt;

/// Of the database; some of them are for superusers alone.
const CONNECTIONS: usize = 60;
const PATIENCE: Duration = Duration::from_secs(20);
/// The others' sessions.
const SLEEPING: &str = "query like 'select pg_sleep(120)%'";

pub fn run(stage: &Stage) -> Result<Value> {
    // Connections that Accelerate keeps would serve it.
    stage.upstream.run(&format!("select pg_terminate_backend(pid) from pg_stat_activity where usename = '{ROLE}'"))?;
    let held = Held::all(stage)?;
    let mut asker = Asker::new(stage, stage.door()?, &stage.quick);
    let mut full = 0;
    for _ in 0..20 {
        // One that was terminated may have been taken for alive: it is told as lost once.
        match asker.run(None, "select 1 as one")? {
            Told::Refused(code) if code == "P2037" => full += 1,
            Told::Refused(code) => ensure!(code == "P1017", "{code} where the database has no connection left"),
            Told::Answer(_) => {}
        }
    }
    ensure!(full > 0, "a query was never told that the database has no connection left");
    drop(held);
    let recovery = recovered(stage)?;
    Ok(json!({ "told_full": full, "recovery_of_full_s": (recovery.as_secs_f64() * 100.0).round() / 100.0 }))
}

/// Sessions of others, gone when this is dropped.
struct Held<'a> {
    clients: Vec<Child>,
    stage: &'a Stage,
}

impl<'a> Held<'a> {
    fn all(stage: &'a Stage) -> Result<Self> {
        let mut held = Self { clients: Vec::new(), stage };
        for _ in 0..CONNECTIONS {
            held.clients.push(sleeper(stage)?);
        }
        let begun = Instant::now();
        let count = format!("select count(*) from pg_stat_activity where {SLEEPING}");
        let (mut before, mut same) = (0, 0);
        // Those for whom there was none have ended and try again, since a session of somebody before may have taken a moment to end. All are taken when
        // their number stays the same.
        while same < 3 {
            interrupt::check()?;
            ensure!(begun.elapsed() < PATIENCE, "the connections were not taken in {PATIENCE:?}");
            let now: usize = stage.upstream.run(&count)?.trim().parse()?;
            same = if now == before && now > CONNECTIONS / 2 { same + 1 } else { 0 };
            before = now;
            for client in &mut held.clients {
                if client.try_wait()?.is_some() {
                    *client = sleeper(stage)?;
                }
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        Ok(held)
    }
}

fn sleeper(stage: &Stage) -> Result<Child> {
    let mut command = Command::new("psql");
    command.args(["-X", "-q", "-d", &stage.quick.database.0, "-c", "select pg_sleep(120)"]);
    Ok(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?)
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        // A session that sleeps does not notice that its client is gone.
        let _unreported = self
            .stage
            .upstream
            .run(&format!("select pg_terminate_backend(pid) from pg_stat_activity where {SLEEPING}"));
        for child in &mut self.clients {
            // It may have ended already.
            let _unreported = child.kill();
            let _unreported = child.wait();
        }
    }
}
