//! A consumer that does not read: the database keeps no more of its log than it may, and everything is there in the end.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::stage::{Stage, until};
use crate::process::interrupt;
use crate::socket::Heard;

const PATIENCE: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(100);
/// Bytes of a row, which no compression makes fewer.
const WIDTH: usize = 4000;
const TOGETHER: usize = 50;

pub fn run(stage: &mut Stage<'_>) -> Result<Value> {
    // What is written is more than what may be kept. A debug server does not keep up with a writer that never rests.
    let (budget, rows, rest) = stage.sized((256 << 20, 200_000, 0.0), (12 << 20, 8000, 0.02));
    if !stage.short {
        // Of whole segments: nothing for a few of them.
        stage.source.run(&format!("alter system set max_slot_wal_keep_size = '{}MB'", budget >> 20))?;
        stage.source.run("select pg_reload_conf()")?;
    }
    let mut socket = Stage::open(&stage.wanted(Some("stalled"))?)?;
    let written = AtomicBool::new(false);
    let most = std::thread::scope(|scope| {
        let source = &stage.source;
        let writing = scope.spawn(|| {
            let done = source.run(&format!(
                r#"do $$ begin for t in 1..{} loop
                     insert into "Item" select 900000000000 + t * {TOGETHER} + k, 90, t, t * {TOGETHER} + k,
                         (select string_agg(md5(random()::text), '') from generate_series(1, {})) from generate_series(1, {TOGETHER}) k;
                     commit;
                     perform pg_sleep({rest});
                   end loop; end $$"#,
                rows / TOGETHER,
                WIDTH / 32
            ));
            written.store(true, Ordering::SeqCst);
            done.map(drop)
        });
        let watch = || -> Result<u64> {
            let mut most = 0;
            while !written.load(Ordering::SeqCst) {
                interrupt::check()?;
                // A database does this by itself: it tells which transactions run, and so from where on the log is needed.
                stage.source.run("checkpoint")?;
                most = most.max(stage.held_log()?);
                std::thread::sleep(PAUSE);
            }
            Ok(most)
        };
        let most = watch();
        let written = writing.join().unwrap_or_else(|_| bail!("the writer panicked"));
        written.and(most)
    })?;
    let allowed = budget + budget / 10;
    ensure!(most < allowed, "the slot held {most} bytes of log; {allowed} are allowed");
    let lost = stage.source.run("select count(*) from pg_replication_slots where wal_status = 'lost'")?;
    ensure!(lost.trim() == "0", "the slot was lost");
    let (mut heard, mut last) = (0, 0);
    until(PATIENCE, "the stalled consumer has all", || {
        let mut ids = Vec::new();
        let (mut is_late, mut closed) = (false, None);
        let read = socket.read(|told| match told {
            Heard::Event(event) => {
                let seq = crate::socket::number(event, "seq").unwrap_or_default();
                is_late |= seq <= last;
                last = seq;
                heard += 1;
                ids.push(crate::socket::id(event).to_vec());
            }
            Heard::Closed(code) => closed = Some(code),
        });
        ensure!(closed.is_none(), "the stalled consumer was closed with {closed:?} after {heard} events");
        ensure!(!is_late, "an event came late to the stalled consumer");
        read.with_context(|| format!("after {heard} of {rows} events"))?;
        ids.iter().for_each(|id| socket.acknowledge(id));
        socket.flush()?;
        Ok(heard >= rows)
    })?;
    ensure!(heard == rows, "{heard} events of {rows} rows");
    stage.source.run("alter system reset max_slot_wal_keep_size")?;
    stage.source.run("select pg_reload_conf()")?;
    Ok(json!({ "stalled_rows": rows, "log_budget_mb": budget >> 20, "log_held_mb": most >> 20 }))
}
