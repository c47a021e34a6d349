//! Thousands of requests at once before a pool of ten connections.

use std::sync::Barrier;
use std::time::Instant;

use anyhow::{Result, bail, ensure};
use serde_json::{Value, json};

use super::asks::{Asker, Told};
use super::stage::Stage;
use crate::process::interrupt;

const THREADS: usize = 8;

pub fn run(stage: &Stage) -> Result<Value> {
    interrupt::check()?;
    let (crowd, ready, begun) = (stage.crowd(), Barrier::new(THREADS), Instant::now());
    let one = |which: usize| -> Result<[usize; 2]> {
        let door = stage.door()?;
        let mut askers: Vec<_> =
            (which..crowd).step_by(THREADS).map(|_| Asker::new(stage, door, &stage.quick)).collect();
        let connected: std::io::Result<()> = askers.iter_mut().try_for_each(Asker::connect);
        ready.wait();
        connected?;
        for (number, asker) in askers.iter_mut().enumerate() {
            asker
                .ask(None, &format!("select {} as number, pg_sleep(0.001)::text as slept", number * THREADS + which))?;
        }
        let mut ends = [0; 2];
        for (number, asker) in askers.iter_mut().enumerate() {
            match asker.told()? {
                Told::Answer(body) => {
                    let own = json!(number * THREADS + which);
                    ensure!(body["data"]["rows"][0][0] == own, "instead of {own} came {body}");
                    ends[0] += 1;
                }
                Told::Refused(code) => {
                    ensure!(matches!(&*code, "P2024" | "P6004"), "{code} in the crowd");
                    ends[1] += 1;
                }
            }
        }
        Ok(ends)
    };
    let ends = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|which| scope.spawn(move || one(which))).collect();
        let parts = threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| bail!("a client panicked")));
        let parts: Vec<_> = parts.collect();
        parts
            .into_iter()
            .try_fold([0; 2], |sum, part| part.map(|part: [usize; 2]| [sum[0] + part[0], sum[1] + part[1]]))
    })?;
    ensure!(ends[0] + ends[1] == crowd && ends[0] > 0, "{ends:?} of {crowd}");
    let seconds = (begun.elapsed().as_secs_f64() * 100.0).round() / 100.0;
    Ok(json!({ "crowd": crowd, "crowd_answered": ends[0], "crowd_refused": ends[1], "crowd_s": seconds }))
}
