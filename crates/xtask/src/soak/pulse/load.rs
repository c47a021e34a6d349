//! pgbench for a while: memory stays what it is, and nobody falls behind.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::stage::{Stage, until};
use crate::files;
use crate::process::{Job, interrupt};
use crate::soak::system;
use crate::socket::{Heard, Socket};
use crate::tools::postgres;

const CLIENTS: usize = 4;
const LISTENERS: usize = 5;
const PAUSE: Duration = Duration::from_millis(20);
const LOOK: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(60);
/// Of the server, in MB, between the first third of the time and the last.
const MOST_GROWTH: f64 = 48.0;
/// Of the slot, in bytes: seconds of the load.
const MOST_LAG: u64 = 64 << 20;

pub fn run(stage: &mut Stage<'_>) -> Result<Value> {
    let (time, rate) = stage.sized((Duration::from_secs(600), 2000), (Duration::from_secs(3), 300));
    let mut stream = Stage::open(&stage.wanted(Some("loaded"))?)?;
    let live = stage.wanted(None)?;
    let mut listeners = (0..LISTENERS).map(|_| Stage::open(&live)).collect::<Result<Vec<_>>>()?;
    stream.set_nonblocking()?;
    listeners.iter().try_for_each(Socket::set_nonblocking)?;
    let before: usize = rows(stage)?;
    let mut writer = pgbench(stage, time, rate)?;
    let (begun, mut looked) = (Instant::now(), Instant::now());
    let (mut heard, mut live_heard, mut memory, mut lag) = (0, vec![0; LISTENERS], Vec::new(), 0);
    let mut read = |heard: &mut usize| -> Result<()> {
        let mut ids = Vec::new();
        stream.read(|told| {
            if let Heard::Event(event) = told {
                ids.push(crate::socket::id(event).to_vec());
            }
        })?;
        *heard += ids.len();
        ids.iter().for_each(|id| stream.acknowledge(id));
        stream.flush()?;
        for (socket, count) in listeners.iter_mut().zip(&mut live_heard) {
            socket.read(|told| *count += usize::from(matches!(told, Heard::Event(_))))?;
        }
        Ok(())
    };
    while writer.ended()?.is_none() {
        interrupt::check()?;
        ensure!(begun.elapsed() < time + PATIENCE, "pgbench does not end");
        read(&mut heard)?;
        if looked.elapsed() > LOOK {
            looked = Instant::now();
            memory.push(system::memory(stage.seeded.server.id())?.0);
            lag = lag.max(lag_of(stage)?);
        }
        std::thread::sleep(PAUSE);
    }
    let ended = writer.ended()?.context("pgbench has ended")?;
    ensure!(ended.success(), "pgbench failed");
    let changes = rows(stage)? - before;
    let late = until(PATIENCE, "the stream has all of the load", || read(&mut heard).map(|()| heard >= changes))?;
    until(PATIENCE, "the listeners have all of the load", || {
        let mut none = 0;
        read(&mut none).map(|()| none == 0)
    })?;
    ensure!(heard == changes, "{heard} events of {changes} changes");
    ensure!(live_heard.iter().all(|count| *count == changes), "{live_heard:?} live events of {changes} changes");
    ensure!(lag < MOST_LAG, "capture was {lag} bytes behind; {MOST_LAG} are allowed");
    let third = (memory.len() / 3).max(1);
    let peak = |part: &[f64]| part.iter().copied().fold(0.0, f64::max);
    let (first, last) = (peak(&memory[..third.min(memory.len())]), peak(&memory[memory.len().saturating_sub(third)..]));
    ensure!(stage.short || last - first < MOST_GROWTH, "memory grew from {first:.0} to {last:.0} MB");
    Ok(json!({
        "load_changes": changes,
        "load_rss_mb": [first.round(), last.round()],
        "load_lag_kb": lag >> 10,
        "load_late_s": super::stage::rounded(late),
    }))
}

fn rows(stage: &Stage<'_>) -> Result<usize> {
    Ok(stage.source.run(r#"select count(*) from "Item" where writer = 80"#)?.trim().parse()?)
}

fn lag_of(stage: &Stage<'_>) -> Result<u64> {
    let sql = "select coalesce(max(pg_wal_lsn_diff(pg_current_wal_insert_lsn(), confirmed_flush_lsn)), 0)::bigint
               from pg_replication_slots where slot_name like 'pentaprism_%'";
    Ok(stage.source.run(sql)?.trim().parse()?)
}

fn pgbench(stage: &Stage<'_>, time: Duration, rate: usize) -> Result<Job> {
    let script = stage.workspace.scratch().join("pulse-load.sql");
    let sql = r#"insert into "Item" values (800000000000 + (random() * 99999999999)::bigint, 80, 1, 1) on conflict do nothing;"#;
    files::write(&script, sql.as_bytes())?;
    let mut command = Command::new(postgres::program("pgbench")?);
    command.args(["-n", "-R", &rate.to_string(), "-c", &CLIENTS.to_string(), "-j", "1"]);
    command.args(["-T", &time.as_secs().to_string(), "-f"]).arg(&script).arg(&stage.source.0);
    Job::spawn(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()))
}
