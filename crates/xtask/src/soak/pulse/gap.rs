//! The slot is dropped by hand: it is noticed and told, and what comes afterwards comes.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::stage::{Stage, rounded, until};
use crate::socket::{self, Answered, Heard, Socket};

/// From the drop until the control plane knows, and until both subscribers are told.
const LIMIT: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(20);
/// Changes are missing.
const GAP: u16 = 4001;
const BLINK: Duration = Duration::from_millis(50);

const DROP: &str = "do $$ declare s text; begin
    for i in 1..200 loop
        begin
            select slot_name into s from pg_replication_slots where slot_name like 'pentaprism_%';
            perform pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = s and active_pid is not null;
            perform pg_drop_replication_slot(s);
            return;
        exception when object_in_use then perform pg_sleep(0.002);
        end;
    end loop;
    raise 'the slot could not be dropped';
end $$";

pub fn run(stage: &mut Stage<'_>) -> Result<Value> {
    let (wanted, live) = (stage.wanted(Some("gap"))?, stage.wanted(None)?);
    let mut sockets = [Stage::open(&wanted)?, Stage::open(&live)?];
    let row = |seq: u32| {
        format!(
            r#"insert into "Item" (id, writer, tx, seq) values ({}, 50, 1, {seq})"#,
            500_000_000_000_u64 + u64::from(seq)
        )
    };
    stage.source.run(&row(1))?;
    for socket in &mut sockets {
        ensure!(next(socket)? == Told::Row(1), "the first row did not come");
    }
    let epoch = stage.number("select max(epoch) from pulse_journal")?;
    stage.source.run(DROP)?;
    let dropped = Instant::now();
    until(LIMIT, "the gap is known", || Ok(stage.number("select max(epoch) from pulse_journal")? > epoch))?;
    let known = dropped.elapsed();
    for socket in &mut sockets {
        ensure!(next(socket)? == Told::Closed(GAP), "a subscriber was not told of the gap");
    }
    let told = dropped.elapsed();
    ensure!(told < LIMIT, "the gap was told {told:?} after the slot was dropped; {LIMIT:?} are allowed");
    // The stream says it once more, in words that the client throws.
    let Answered::Refused(status, body) = wanted.try_open()? else {
        anyhow::bail!("the gap was not told to the stream")
    };
    let body: Value = serde_json::from_str(&body).with_context(|| body.clone())?;
    let words = body["message"].as_str().unwrap_or_default();
    ensure!(status == 409 && body["code"] == "P6101" && words.contains("slot was dropped"), "{status} {body}");
    let mut again = Stage::open(&wanted)?;
    stage.captured()?;
    stage.source.run(&row(2))?;
    ensure!(next(&mut again)? == Told::Row(2), "behind the gap nothing comes");
    Ok(json!({ "gap_known_s": rounded(known), "gap_told_s": rounded(told) }))
}

#[derive(Debug, PartialEq, Eq)]
enum Told {
    Row(u64),
    Closed(u16),
}

/// What comes next; rows are acknowledged.
fn next(socket: &mut Socket) -> Result<Told> {
    socket.set_patience(BLINK)?;
    let mut told = None;
    until(PATIENCE, "a subscriber is told something", || {
        let mut id = None;
        socket.read(|heard| match heard {
            Heard::Event(event) => {
                id = Some(socket::id(event).to_vec());
                told = told.take().or(socket::number(event, "seq").map(Told::Row));
            }
            Heard::Closed(code) => told = told.take().or(Some(Told::Closed(code))),
        })?;
        if let Some(id) = id {
            socket.acknowledge(&id);
            socket.flush()?;
        }
        Ok(told.is_some())
    })?;
    told.context("something was told")
}
