//! The database says nothing for a while (`SIGSTOP`): every request ends in its time, and none is answered wrongly afterwards.

use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use serde_json::{Value, json};

use super::asks::{Asker, Told};
use super::kills::recovered;
use super::stage::{LIMIT_MS, Stage};
use crate::process::interrupt;
use crate::soak::system::Postgres;

/// More than the greedy tenant has connections.
const CLIENTS: usize = 30;
/// Beyond the limit of a query: the machine does other things too.
const GRACE: Duration = Duration::from_secs(4);

pub fn run(stage: &Stage) -> Result<Value> {
    let door = stage.door()?;
    let database = Postgres::of_database(&stage.upstream)?;
    let mut askers: Vec<_> = (0..CLIENTS).map(|_| Asker::new(stage, door, &stage.greedy)).collect();
    // Half of them hold a connection by then.
    askers.iter_mut().take(CLIENTS / 2).try_for_each(|asker| asker.run(None, "select 1 as one").map(drop))?;
    let silent = database.freeze();
    let begun = Instant::now();
    for (number, asker) in askers.iter_mut().enumerate() {
        asker.ask(None, &format!("select {number} as number"))?;
    }
    let mut codes = Vec::new();
    for asker in &mut askers {
        interrupt::check()?;
        match asker.told()? {
            Told::Refused(code) => codes.push(code),
            Told::Answer(body) => bail!("a database that says nothing answered {body}"),
        }
    }
    let slowest = begun.elapsed();
    drop(silent);
    let most = Duration::from_millis(LIMIT_MS) + GRACE;
    ensure!(slowest < most, "the slowest refusal took {slowest:?}; {most:?} are allowed");
    recovered(stage)?;
    // Whatever the database says late must be nobody's answer.
    for (number, asker) in askers.iter_mut().enumerate() {
        if let Told::Answer(body) = asker.run(None, &format!("select {} as number", number + 1000))? {
            ensure!(body["data"]["rows"][0][0] == json!(number + 1000), "somebody else's answer: {body}");
        }
    }
    Ok(json!({ "silent_refusals": codes.len(), "silent_s": (slowest.as_secs_f64() * 100.0).round() / 100.0 }))
}
