//! Pulse, by those who listen.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result, ensure};

use super::source::{COLUMNS, ONE, Source, TABLE};
use crate::files;
use crate::process::{Job, interrupt};
use crate::seeded::Seeded;
use crate::soak::system::Held;
use crate::socket::{self, Crowd, Heard, Socket, Wanted};
use crate::tools::postgres;
use crate::workspace::Workspace;

const PATIENCE: Duration = Duration::from_secs(120);
/// What is measured of the latency: the first second warms up.
const WARM: Duration = Duration::from_secs(1);

pub fn wanted(seeded: &Seeded, stream: Option<&str>) -> Result<Wanted> {
    let door = seeded.server.data().trim_start_matches("http://").parse()?;
    Ok(Wanted::model(door, seeded.api_key()?, TABLE, &COLUMNS, stream))
}

/// How long it takes from the time when the changes are let go until the last is heard; each is acknowledged, or none.
pub fn drain(socket: &mut Socket, changes: usize, acknowledges: bool, held: Held) -> Result<Duration> {
    let (mut heard, mut ids, mut last) = (0, Vec::new(), Vec::new());
    let begun = Instant::now();
    drop(held);
    while heard < changes {
        interrupt::check()?;
        let mut closed = None;
        socket.read(|told| match told {
            Heard::Event(event) => {
                heard += 1;
                let id = socket::id(event);
                if acknowledges {
                    ids.extend_from_slice(id);
                }
                last.clear();
                last.extend_from_slice(id);
            }
            Heard::Closed(code) => closed = Some(code),
        })?;
        ensure!(closed.is_none() && begun.elapsed() < PATIENCE, "{heard} of {changes} events came; {closed:?}");
        for id in ids.chunks_exact(38) {
            socket.acknowledge(id);
        }
        ids.clear();
        socket.flush()?;
    }
    let taken = begun.elapsed();
    ensure!(heard == changes, "{heard} events of {changes} changes");
    Ok(taken)
}

/// From a row's making to each subscriber, in ms: changes of one at a time, at a rate.
pub fn latencies(
    workspace: &Workspace,
    source: &Source,
    crowd: &mut Crowd,
    subscribers: usize,
    seconds: usize,
) -> Result<Vec<f64>> {
    const CLIENTS: usize = 4;
    const RATE: usize = 1000;
    let script = workspace.scratch().join("pulse.sql");
    files::write(&script, ONE.as_bytes())?;
    let mut command = Command::new(postgres::program("pgbench")?);
    let changes = RATE * seconds;
    command.args(["-n", "-M", "prepared", "-R", &RATE.to_string(), "-c", &CLIENTS.to_string(), "-j", "1"]);
    command.args(["-t", &(changes / CLIENTS).to_string(), "-f"]).arg(&script).arg(&source.database.0);
    let (wall, clock) = (wall_clock()?, Instant::now());
    let mut writer = Job::spawn(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()))?;
    let (mut times, mut heard) = (Vec::new(), 0);
    let all = crowd.read(PATIENCE, |event, now| {
        heard += 1;
        let now = now.duration_since(clock);
        if let Some(made) = socket::number(event, "at")
            && now > WARM
        {
            times.push((wall + now).as_secs_f64() * 1000.0 - made as f64 / 1000.0);
        }
        heard >= changes * subscribers
    })?;
    ensure!(all, "{heard} of {} events came", changes * subscribers);
    let ended = writer.wait(PATIENCE)?.context("pgbench ended")?;
    ensure!(ended.success(), "pgbench failed");
    Ok(times)
}

/// Since 1970: Postgres tells when a row was made by the same clock.
#[expect(clippy::disallowed_methods)]
fn wall_clock() -> Result<Duration> {
    Ok(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?)
}

/// Changes a second that capture made durable, while all of the crowd hear each of them.
pub fn capture_rate(seeded: &Seeded, crowd: &mut Crowd, subscribers: usize, changes: usize, held: Held) -> Result<f64> {
    let begun = wall_clock()?;
    drop(held);
    let mut heard = 0;
    let all = crowd.read(PATIENCE, |_, _| {
        heard += 1;
        heard >= changes * subscribers
    })?;
    ensure!(all, "{heard} of {} events came", changes * subscribers);
    let durable = seeded.control.run("select extract(epoch from max(arrived_at)) from pulse_batch")?;
    let taken = durable.trim().parse::<f64>()? - begun.as_secs_f64();
    Ok(changes as f64 / taken)
}
