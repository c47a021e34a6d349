//! Pulse beside `pg_recvlogical` and Debezium's engine on the same changes, and how late it tells many subscribers.
//!
//! Each reader has a slot of its own on one publication. Their senders are held while changes are written, and let go one by one: everybody reads the
//! same changes, as fast as it can, alone.

mod peers;
mod source;
mod subscribers;

use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};

use super::{Benchmark, median};
use crate::build::{self, Profile};
use crate::cluster::Cluster;
use crate::database::Database;
use crate::process::interrupt;
use crate::registry::Named;
use crate::seeded::Seeded;
use crate::soak::{stats, system};
use crate::socket::Crowd;
use crate::ui::Ui;
use crate::web;
use crate::workspace::Workspace;
use peers::{Debezium, Recvlogical};
use source::Source;

const ROUNDS: usize = 5;
/// Of one drain.
const CHANGES: usize = 200_000;
const LISTENERS: usize = 100;
const SECONDS: usize = 10;
const MANY: usize = 1000;
/// Each is told to all of the many.
const SHARED: usize = 20_000;
const SHARED_ROUNDS: usize = 3;
const PULSE: &str = "pentaprism_";

/// `cargo x bench pulse`.
pub struct Pulse;

impl Named for Pulse {
    fn name(&self) -> &'static str {
        "pulse"
    }

    fn about(&self) -> &'static str {
        "Pulse's rates beside pg_recvlogical and Debezium, and how late a hundred subscribers hear"
    }
}

/// Changes a second, by round.
#[derive(Default)]
struct Rates {
    recvlogical: [Vec<f64>; 2],
    live: Vec<f64>,
    persisted: Vec<f64>,
    debezium: Vec<f64>,
}

impl Benchmark for Pulse {
    fn run(&self, workspace: &Workspace, ui: &Ui) -> Result<Value> {
        web::make(workspace, ui)?;
        let binary = build::server(workspace, ui, Profile::Release)?;
        system::raise_files();
        let step = ui.step("Databases and a server");
        let (control, behind) = (Cluster::start(workspace, &step)?, Cluster::start(workspace, &step)?);
        let source = Source::prepare(&Database(behind.url().to_owned()))?;
        let many = MANY.to_string();
        let env = [("PENTAPRISM__PULSE__SUBSCRIBE_CONNECTIONS", many.as_str())];
        let control = Database(control.url().to_owned());
        let mut seeded = Seeded::streaming(workspace, binary, &control, &source.database, &env)?;
        let publication = source.publication()?;
        step.done();
        let mut debezium = Debezium::start(workspace, ui, &source, &publication)?;
        if let Err(why) = &debezium {
            ui.step("Debezium").done_with(why);
        }

        let step = ui.step("Rounds");
        let mut rates = Rates::default();
        for round in 0..=ROUNDS {
            interrupt::check()?;
            let seen = one_round(&seeded, &source, &publication, debezium.as_mut().ok(), round)?;
            // The first warms up.
            if round > 0 {
                rates.note(&seen);
            }
            step.line(&format!("{round} of {ROUNDS}"));
        }
        step.done();
        drop(debezium);

        let step = ui.step("Latency");
        let mut crowd = Crowd::open(&subscribers::wanted(&seeded, None)?, LISTENERS)?;
        let late = subscribers::latencies(workspace, &source, &mut crowd, LISTENERS, SECONDS)?;
        drop(crowd);
        step.done();

        let step = ui.step("A thousand subscribers");
        let mut shared = [Vec::new(), Vec::new()];
        for round in 0..=SHARED_ROUNDS {
            for (count, rates) in [1, MANY].into_iter().zip(&mut shared) {
                interrupt::check()?;
                let mut crowd = Crowd::open(&subscribers::wanted(&seeded, None)?, count)?;
                let held = source.hold(PULSE)?;
                source.write(SHARED)?;
                let rate = subscribers::capture_rate(&seeded, &mut crowd, count, SHARED, held)?;
                if round > 0 {
                    rates.push(rate);
                }
            }
            step.line(&format!("{round} of {SHARED_ROUNDS}"));
        }
        step.done();
        seeded.server.stop()?;
        Ok(report(&rates, &late, &shared))
    }
}

/// What each took, of the changes told live and of those told to a stream.
struct Seen {
    recvlogical: [Duration; 2],
    ours: [Duration; 2],
    debezium: Option<[Duration; 2]>,
}

fn one_round(
    seeded: &Seeded,
    source: &Source,
    publication: &str,
    mut debezium: Option<&mut Debezium>,
    round: usize,
) -> Result<Seen> {
    let (mut recvlogical, mut ours, mut others) = ([Duration::ZERO; 2], [Duration::ZERO; 2], [Duration::ZERO; 2]);
    let name = format!("round-{round}");
    for (at, stream) in [None, Some(name.as_str())].into_iter().enumerate() {
        let mut peer = Recvlogical::new(publication);
        let mut socket = subscribers::wanted(seeded, stream)?.open()?;
        peer.prepare(source)?;
        let other = debezium.as_ref().map(|debezium| debezium.hold(source)).transpose()?;
        let held = source.hold(PULSE)?;
        let end = source.write(CHANGES)?;
        recvlogical[at] = peer.drain(source, &end)?;
        ours[at] = subscribers::drain(&mut socket, CHANGES, stream.is_some(), held)?;
        if let Some(debezium) = &mut debezium {
            others[at] = debezium.drain(CHANGES, other)?;
        }
    }
    Ok(Seen { recvlogical, ours, debezium: debezium.map(|_| others) })
}

impl Rates {
    fn note(&mut self, seen: &Seen) {
        let rate = |taken: Duration| CHANGES as f64 / taken.as_secs_f64();
        for (rates, taken) in self.recvlogical.iter_mut().zip(seen.recvlogical) {
            rates.push(rate(taken));
        }
        self.live.push(rate(seen.ours[0]));
        self.persisted.push(rate(seen.ours[1]));
        self.debezium.extend(seen.debezium.map(|taken| rate(taken[0])));
    }
}

fn report(rates: &Rates, late: &[f64], shared: &[Vec<f64>; 2]) -> Value {
    let ratio = |ours: &[f64], theirs: &[f64]| {
        let each: Vec<f64> = ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs).collect();
        (median(&each) * 1000.0).round() / 1000.0
    };
    println!("{:>24} {:>12}", "", "changes/s");
    let all = [
        ("pg_recvlogical", &rates.recvlogical[0]),
        ("live", &rates.live),
        ("persisted", &rates.persisted),
        ("Debezium", &rates.debezium),
        ("capture, 1 subscriber", &shared[0]),
        ("capture, 1000 of them", &shared[1]),
    ];
    for (name, rates) in all {
        println!("{name:>24} {:>12.0}", median(rates));
    }
    let rounded = |ms: f64| (ms * 100.0).round() / 100.0;
    let versus = (!rates.debezium.is_empty()).then(|| ratio(&rates.live, &rates.debezium));
    json!({
        "live_vs_recvlogical": ratio(&rates.live, &rates.recvlogical[0]),
        "persisted_vs_recvlogical": ratio(&rates.persisted, &rates.recvlogical[1]),
        "live_vs_debezium": versus,
        "latency_p50_ms": rounded(stats::quantile(late, 0.5)),
        "latency_p99_ms": rounded(stats::quantile(late, 0.99)),
        "subscribers_1000_vs_1": ratio(&shared[1], &shared[0]),
    })
}
