//! `kill -9` of the consumer, the server and both Postgres while rows change: everything comes, in order, and what comes twice has the same id.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use serde_json::{Value, json};

use super::ledger::Ledger;
use super::stage::{Stage, rounded, until};
use crate::database::Database;
use crate::process::interrupt;
use crate::soak::dice::Dice;
use crate::soak::system::Postgres;
use crate::socket::{Heard, Socket, Wanted};

const WRITERS: u64 = 3;
/// Rows that one transaction makes; as many changes again, less a quarter, follow in it.
const ROWS: usize = 8;
const CHANGES: usize = ROWS + ROWS / 2 + ROWS / 4;
const TRANSACTIONS: usize = 10;
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(20);

/// What the threads know of each other.
#[derive(Default)]
struct Signs {
    written: AtomicUsize,
    heard: AtomicUsize,
    /// Nothing is written any more.
    over: AtomicBool,
    /// All of it was heard.
    done: AtomicBool,
    consumer: AtomicBool,
}

#[derive(Clone, Copy, Debug)]
enum Victim {
    Consumer,
    Server,
    Source,
    Control,
}

const VICTIMS: [Victim; 4] = [Victim::Consumer, Victim::Server, Victim::Source, Victim::Control];

pub fn run(stage: &mut Stage<'_>) -> Result<Value> {
    let (kills, changes) = stage.sized((100, 1_000_000), (4, 6000));
    let (wanted, source, signs) = (stage.wanted(Some("ledger"))?, stage.source.clone(), Signs::default());
    let mut dice = Dice::new(stage.seed, 1);
    let socket = Stage::open(&wanted)?;
    let (mut counts, mut slowest) = ([0; 4], Duration::ZERO);
    let ledger = std::thread::scope(|scope| {
        let (signs, source, wanted) = (&signs, &source, &wanted);
        let seed = stage.seed;
        let consumer = scope.spawn(move || {
            let heard = consume(socket, wanted, signs, Dice::new(seed, 2));
            // The first trouble ends the others' work too.
            heard.inspect_err(|_| signs.over.store(true, Ordering::SeqCst))
        });
        let writers: Vec<_> =
            (1..=WRITERS).map(|who| scope.spawn(move || write(source, who, changes, signs))).collect();
        let mut killing = || -> Result<()> {
            for kill in 0..kills {
                let at = changes / (kills + 1) * kill + dice.below(changes / (kills + 1));
                while signs.written.load(Ordering::SeqCst) < at && !signs.over.load(Ordering::SeqCst) {
                    interrupt::check()?;
                    std::thread::sleep(PAUSE);
                }
                // Each of them at least once in every four.
                let which = if stage.short { kill % 4 } else { dice.below(4) };
                counts[which] += 1;
                let begun = Instant::now();
                kill_one(VICTIMS[which], stage, signs)?;
                slowest = slowest.max(begun.elapsed());
            }
            Ok(())
        };
        let killed = killing();
        if killed.is_err() {
            signs.over.store(true, Ordering::SeqCst);
        }
        let ends = writers.into_iter().map(|thread| thread.join().unwrap_or_else(|_| bail!("a writer panicked")));
        let written = ends.fold(killed, Result::and);
        signs.over.store(true, Ordering::SeqCst);
        let settled = written.and_then(|()| settle(source, signs, || consumer.is_finished()));
        signs.done.store(true, Ordering::SeqCst);
        let heard = consumer.join().unwrap_or_else(|_| bail!("the consumer panicked"));
        settled.and(heard)
    })?;
    ledger.check(&source, &format!("writer <= {WRITERS}"))?;
    let gaps = stage.number("select count(*) from pulse_journal where gap_at is not null")?;
    ensure!(gaps == 0, "there is a gap");
    Ok(json!({
        "kills": kills,
        "kills_of_consumer_server_source_control": counts,
        "changes": ledger.len(),
        "lost": 0,
        "repeated": ledger.repeated,
        "recovery_s": rounded(slowest),
    }))
}

/// Until the consumer has heard as much as was committed.
fn settle(source: &Database, signs: &Signs, has_ended: impl Fn() -> bool) -> Result<()> {
    let count = format!("select count(*) from line where action <> 'end' and writer <= {WRITERS}");
    let committed: usize = source.run(&count)?.trim().parse()?;
    let heard = until(PATIENCE, "all was heard", || Ok(has_ended() || signs.heard.load(Ordering::SeqCst) >= committed));
    heard
        .map(drop)
        .map_err(|error| error.context(format!("{} of {committed} changes came", signs.heard.load(Ordering::SeqCst))))
}

fn kill_one(victim: Victim, stage: &mut Stage<'_>, signs: &Signs) -> Result<()> {
    match victim {
        Victim::Consumer => signs.consumer.store(true, Ordering::SeqCst),
        Victim::Server => stage.seeded.restart(stage.workspace)?,
        Victim::Source => kill_postgres(&stage.source)?,
        Victim::Control => kill_postgres(&stage.seeded.control)?,
    }
    Ok(())
}

fn kill_postgres(database: &Database) -> Result<()> {
    let killed = Postgres::of_database(database)?;
    killed.kill9();
    until(PATIENCE, "the database is back", || {
        Ok(Postgres::of_database(database).is_ok_and(|found| found != killed && found.is_alive()))
    })
    .map(drop)
}

/// Writes its share, however often its database goes away.
fn write(source: &Database, who: u64, changes: usize, signs: &Signs) -> Result<()> {
    let call = format!("call change({who}, {TRANSACTIONS}, {ROWS})");
    while signs.written.load(Ordering::SeqCst) < changes && !signs.over.load(Ordering::SeqCst) {
        interrupt::check()?;
        match source.run(&call) {
            Ok(_) => _ = signs.written.fetch_add(TRANSACTIONS * CHANGES, Ordering::SeqCst),
            Err(_) => std::thread::sleep(PAUSE),
        }
    }
    Ok(())
}

/// Takes everything in, acknowledges what it has taken in, now and then late, and comes back whatever happens.
fn consume(first: Socket, wanted: &Wanted, signs: &Signs, mut dice: Dice) -> Result<Ledger> {
    let (mut ledger, mut open) = (Ledger::default(), Some(first));
    while !signs.done.load(Ordering::SeqCst) {
        interrupt::check()?;
        let Some(socket) = &mut open else {
            open = Some(Stage::open(wanted)?);
            continue;
        };
        socket.set_patience(PAUSE)?;
        let (mut ids, mut wrong, mut is_closed) = (Vec::new(), None, false);
        let read = socket.read(|told| match told {
            Heard::Event(event) => match ledger.note(event) {
                Ok(id) => ids.push(id),
                Err(error) => wrong = wrong.take().or(Some(error)),
            },
            Heard::Closed(_) => is_closed = true,
        });
        if let Some(error) = wrong {
            return Err(error);
        }
        signs.heard.store(ledger.len(), Ordering::SeqCst);
        // Killed with something that it has not acknowledged.
        let is_killed = !ids.is_empty() && signs.consumer.swap(false, Ordering::SeqCst);
        if read.is_err() || is_closed || is_killed {
            open = None;
            continue;
        }
        if dice.below(8) > 0 {
            ids.iter().for_each(|id| socket.acknowledge(id));
            if socket.flush().is_err() {
                open = None;
            }
        }
    }
    Ok(ledger)
}
