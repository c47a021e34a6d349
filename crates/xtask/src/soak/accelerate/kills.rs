//! `kill -9` of the tenants' Postgres while clients query and write: every request ends, nothing is half done, and all is well again soon.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use serde_json::{Value, json};

use super::asks::{Asker, Told};
use super::stage::Stage;
use crate::process::interrupt;
use crate::soak::dice::Dice;
use crate::soak::system::Postgres;

const CLIENTS: u64 = 12;
/// From the kill to an answer.
const RECOVERY: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(5);

pub fn run(stage: &Stage) -> Result<Value> {
    let (kills, asks) = (stage.sized(3, 1), stage.sized(400, 60));
    let (over, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
    let mut slowest = Duration::ZERO;
    std::thread::scope(|scope| {
        let client = |which| work(stage, Dice::new(stage.seed, which), &over, &asked);
        let threads: Vec<_> = (0..CLIENTS).map(|which| scope.spawn(move || client(which))).collect();
        let working = || threads.iter().all(|thread| !thread.is_finished());
        let mut killed = || -> Result<()> {
            for kill in 1..=kills {
                while asked.load(Ordering::SeqCst) < kill * asks && working() {
                    interrupt::check()?;
                    std::thread::sleep(PAUSE);
                }
                let killed = Instant::now();
                let postgres = Postgres::of_database(&stage.upstream)?;
                postgres.kill9();
                replaced(stage, postgres)?;
                recovered(stage)?;
                slowest = slowest.max(killed.elapsed());
            }
            Ok(())
        };
        let killed = killed();
        over.store(true, Ordering::SeqCst);
        let ends = threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| bail!("a client panicked")));
        ends.fold(killed, Result::and)
    })?;
    let half = "select count(*) from (select id from pair group by id having count(*) <> 2) as half";
    let half = stage.quick.database.run(half)?;
    ensure!(half.trim() == "0", "{} transactions are half done", half.trim());
    Ok(json!({ "kills": kills, "half_done": 0, "recovery_s": (slowest.as_secs_f64() * 100.0).round() / 100.0 }))
}

/// Until there is another Postgres: sessions of the killed one may answer for a moment longer.
fn replaced(stage: &Stage, killed: Postgres) -> Result<()> {
    let begun = Instant::now();
    while !Postgres::of_database(&stage.upstream).is_ok_and(|found| found != killed && found.is_alive()) {
        interrupt::check()?;
        ensure!(begun.elapsed() < RECOVERY, "the database did not come back in {RECOVERY:?}");
        std::thread::sleep(PAUSE);
    }
    Ok(())
}

/// Until a query is answered again.
pub fn recovered(stage: &Stage) -> Result<Duration> {
    let begun = Instant::now();
    let mut asker = Asker::new(stage, stage.door()?, &stage.quick);
    loop {
        interrupt::check()?;
        match asker.run(None, "select 1 as one")? {
            Told::Answer(_) => return Ok(begun.elapsed()),
            Told::Refused(code) => {
                ensure!(begun.elapsed() < RECOVERY, "{code} {RECOVERY:?} after the database came back");
            }
        }
        std::thread::sleep(PAUSE);
    }
}

/// Quick queries, slow ones, and pairs of rows in transactions of both kinds.
fn work(stage: &Stage, mut dice: Dice, over: &AtomicBool, asked: &AtomicUsize) -> Result<()> {
    let mut asker = Asker::new(stage, stage.door()?, &stage.quick);
    while !over.load(Ordering::SeqCst) && !interrupt::requested() {
        let id = format!("{:x}", dice.next());
        let half = |half| format!("insert into pair values ('{id}', {half})");
        let told = match dice.below(4) {
            0 => asker.run(None, "select 1 as one")?,
            1 => asker.run(None, "select pg_sleep(0.05)::text as slept")?,
            2 => asker.run(None, &format!("insert into pair values ('{id}', 1), ('{id}', 2)"))?,
            _ => match asker.start()? {
                None => Told::Refused("P2028".to_owned()),
                Some(transaction) => {
                    asker.run(Some(&transaction), &half(1))?;
                    asker.run(Some(&transaction), &half(2))?;
                    asker.commit(&transaction)?
                }
            },
        };
        asked.fetch_add(1, Ordering::SeqCst);
        if !told.is_answer() {
            std::thread::sleep(PAUSE);
        }
    }
    Ok(())
}
