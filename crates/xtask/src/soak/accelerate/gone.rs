//! Clients vanish in the middle of a query and of a transaction: the database is soon left alone.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::asks::Asker;
use super::stage::{LIMIT_MS, ROLE, Stage};
use crate::process::interrupt;

const CLIENTS: usize = 8;
const GRACE: Duration = Duration::from_secs(4);
const PAUSE: Duration = Duration::from_millis(50);

pub fn run(stage: &Stage) -> Result<Value> {
    let door = stage.door()?;
    let asker = || Asker::new(stage, door, &stage.greedy);
    let mut transactions = 0;
    // Half of the pool in transactions, some of them in the middle of a statement; nobody comes back to end them.
    for number in 0..CLIENTS / 2 {
        let mut client = asker();
        let Some(id) = client.start()? else { continue };
        client.run(Some(&id), &format!("insert into pair values ('gone{number}', 1)"))?;
        if number % 2 == 0 {
            client.ask(Some(&id), "select pg_sleep(30)::text as slept")?;
            std::thread::sleep(PAUSE);
        }
        client.hang_up();
        transactions += 1;
    }
    ensure!(transactions > 0, "no transaction was begun");
    for _ in 0..CLIENTS {
        let mut client = asker();
        client.ask(None, "select pg_sleep(30)::text as slept")?;
        std::thread::sleep(PAUSE);
        client.hang_up();
    }
    let begun = Instant::now();
    let busy = format!("select count(*) from pg_stat_activity where usename = '{ROLE}' and state <> 'idle'");
    let most = Duration::from_millis(LIMIT_MS) + GRACE;
    while stage.upstream.run(&busy)?.trim() != "0" {
        interrupt::check()?;
        ensure!(begun.elapsed() < most, "the database is still at work for clients that are gone since {most:?}");
        std::thread::sleep(PAUSE);
    }
    let left = begun.elapsed();
    let rows = stage.greedy.database.run("select count(*) from pair where id like 'gone%'")?;
    ensure!(rows.trim() == "0", "{} rows of transactions that nobody committed", rows.trim());
    Ok(json!({ "vanished": transactions + CLIENTS, "left_alone_s": (left.as_secs_f64() * 100.0).round() / 100.0 }))
}
