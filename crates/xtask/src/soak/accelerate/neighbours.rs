//! One tenant sleeps in its database and asks for more than an answer may hold; another one hardly notices.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use serde_json::{Value, json};

use super::asks::{Asker, Told};
use super::stage::Stage;
use crate::process::interrupt;
use crate::soak::stats;

/// Of the greedy tenant: thrice as many as it has connections.
const SLEEPERS: usize = 28;
/// Of many rows, and of one: both are 200 MB.
const HUGE: [&str; 2] =
    ["select repeat('x', 10000) as x from generate_series(1, 20000)", "select repeat('x', 200000000) as x"];
/// What the quick tenant's slowest of a hundred may lose: the database and the clients share the machine with the server.
const MOST_MS: f64 = 60.0;
const PAUSE: Duration = Duration::from_millis(2);

pub fn run(stage: &Stage) -> Result<Value> {
    let time = stage.sized(Duration::from_secs(5), Duration::from_secs(1));
    let alone = quick(stage, time)?;
    let over = AtomicBool::new(false);
    let (beside, refused) = std::thread::scope(|scope| {
        let greedy = |sql: &'static str, wanted: &'static [&'static str]| greedy(stage, sql, wanted, &over);
        let sleepers = (0..SLEEPERS).map(|_| ("select pg_sleep(5)::text as slept", &["P6004", "P2024"][..]));
        let hungry = HUGE.map(|sql| (sql, &["P6009", "P6004", "P2024"][..]));
        let all: Vec<_> =
            sleepers.chain(hungry).map(|(sql, wanted)| scope.spawn(move || greedy(sql, wanted))).collect();
        let beside = quick(stage, time);
        over.store(true, Ordering::SeqCst);
        let ends = all.into_iter().map(|thread| thread.join().unwrap_or_else(|_| bail!("a client panicked")));
        let ends: Result<Vec<_>> = ends.collect();
        Ok::<_, anyhow::Error>((beside?, ends?.into_iter().sum::<usize>()))
    })?;
    ensure!(refused > 0, "the greedy tenant was never refused");
    let [alone, beside] = [alone, beside].map(|times| stats::quantile(&times, 0.99));
    ensure!(stage.short || beside < alone + MOST_MS, "p99 of {alone:.1} ms became {beside:.1} ms");
    let rounded = |ms: f64| (ms * 10.0).round() / 10.0;
    Ok(json!({ "greedy_refused": refused, "quick_p99_ms": [rounded(alone), rounded(beside)] }))
}

/// How long the quick tenant waits, in ms, again and again. Every answer is its own.
fn quick(stage: &Stage, time: Duration) -> Result<Vec<f64>> {
    let (mut asker, begun, mut times) = (Asker::new(stage, stage.door()?, &stage.quick), Instant::now(), Vec::new());
    while begun.elapsed() < time {
        interrupt::check()?;
        let (asked, number) = (Instant::now(), times.len());
        match asker.run(None, &format!("select {} as number", number % 100))? {
            Told::Answer(body) => {
                ensure!(body["data"]["rows"][0][0] == json!(number % 100), "instead of {number} came {body}");
            }
            Told::Refused(code) => bail!("the quick tenant was refused: {code}"),
        }
        times.push(asked.elapsed().as_secs_f64() * 1000.0);
        std::thread::sleep(PAUSE);
    }
    Ok(times)
}

/// Asks for too much until it is over; answers how often that was refused.
fn greedy(stage: &Stage, sql: &str, wanted: &[&str], over: &AtomicBool) -> Result<usize> {
    let (mut asker, mut refused) = (Asker::new(stage, stage.door()?, &stage.greedy), 0);
    while !over.load(Ordering::SeqCst) {
        interrupt::check()?;
        match asker.run(None, sql)? {
            Told::Refused(code) if wanted.contains(&&*code) => refused += 1,
            other => bail!("{sql} ended in {other:?}"),
        }
    }
    Ok(refused)
}
