//! The node that captures is stopped (`SIGSTOP`): another goes on in its place, and it writes nothing when it wakes up.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::ledger::Ledger;
use super::stage::{Stage, rounded, until};
use crate::soak::system;
use crate::socket::{Heard, Wanted};

/// From the stop until the other captures.
const LIMIT: Duration = Duration::from_secs(10);
const PATIENCE: Duration = Duration::from_secs(30);
const BLINK: Duration = Duration::from_millis(50);
/// Of the ledger.
const WRITER: u64 = 7;
const ROWS: usize = 8;

pub fn run(stage: &mut Stage<'_>) -> Result<Value> {
    let rounds = stage.sized(5, 1);
    let mut slowest = Duration::ZERO;
    let owner = || stage.seeded.control.run("select owner, token from pulse_lease");
    let mut other = stage.seeded.beside(stage.workspace)?;
    let wanted =
        Wanted { address: other.data().trim_start_matches("http://").parse()?, ..stage.wanted(Some("owner"))? };
    let mut socket = Stage::open(&wanted)?;
    socket.set_patience(BLINK)?;
    let mut ledger = Ledger::default();
    for round in 0..rounds {
        let before = owner()?;
        let change = |transactions| stage.source.run(&format!("call change({WRITER}, {transactions}, {ROWS})"));
        change(10)?;
        let held = system::hold(stage.seeded.server.id());
        let stopped = Instant::now();
        change(10)?;
        let mut wanted_count = 2;
        until(LIMIT, "another node captures", || Ok(owner()? != before))?;
        let mut hear = |ledger: &mut Ledger, count: usize| {
            until(PATIENCE, "all was told", || {
                let (mut ids, mut wrong) = (Vec::new(), None);
                socket.read(|told| {
                    if let Heard::Event(event) = told {
                        match ledger.note(event) {
                            Ok(id) => ids.push(id),
                            Err(error) => wrong = Some(error),
                        }
                    }
                })?;
                if let Some(error) = wrong {
                    return Err(error);
                }
                ids.iter().for_each(|id| socket.acknowledge(id));
                socket.flush()?;
                Ok(ledger.len() >= count)
            })
        };
        let each = 10 * (ROWS + ROWS / 2 + ROWS / 4);
        let so_far = round * each * 4;
        hear(&mut ledger, so_far + wanted_count * each)?;
        let moved = stopped.elapsed();
        ensure!(moved < LIMIT, "the other node told what was written after {moved:?}; {LIMIT:?} are allowed");
        slowest = slowest.max(moved);
        let after = owner()?;
        drop(held);
        // Both are awake now.
        change(10)?;
        std::thread::sleep(Duration::from_millis(1500));
        change(10)?;
        wanted_count += 2;
        hear(&mut ledger, so_far + wanted_count * each)?;
        ensure!(owner()? == after, "the one that was stopped took it back");
        if round + 1 < rounds {
            // The lease goes back, so that the next round stops its holder again.
            other.stop()?;
            until(LIMIT, "the first node captures again", || Ok(owner()? != after))?;
            other = stage.seeded.beside(stage.workspace)?;
            let address = other.data().trim_start_matches("http://").parse()?;
            socket = Stage::open(&Wanted { address, ..wanted.clone() })?;
            socket.set_patience(BLINK)?;
        }
    }
    ledger.check(&stage.source, &format!("writer = {WRITER}"))?;
    let twice =
        stage.number("select count(*) from (select id from pulse_event group by id having count(*) > 1) as twice")?;
    ensure!(twice == 0, "{twice} events were written twice");
    let gaps = stage.number("select count(*) from pulse_journal where gap_at is not null")?;
    other.stop()?;
    stage.captured()?;
    Ok(json!({ "owner_moves": rounds, "owner_moved_s": rounded(slowest), "owner_gaps": gaps, "written_twice": 0 }))
}
