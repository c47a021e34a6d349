//! The full check of an API key among a million, beside a handler that checks nothing.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::{Benchmark, load, median, started};
use crate::process::{self, interrupt};
use crate::registry::Named;
use crate::ui::Ui;
use crate::workspace::Workspace;

const SUBJECT: &str = "bench-keys";
const ROUNDS: usize = 12;
/// Of each handler in a round, by turns: so short that whatever else the machine does hits both alike.
const SLICES: u32 = 20;
const SLICE: Duration = Duration::from_millis(100);
const CONNECTIONS: usize = 32;
/// Of the bare handler's rate.
const LEAST: f64 = 0.8;

/// `cargo x bench keys`.
pub struct Keys;

impl Named for Keys {
    fn name(&self) -> &'static str {
        "keys"
    }

    fn about(&self) -> &'static str {
        "the check of an API key among a million, beside a bare axum handler"
    }
}

impl Benchmark for Keys {
    fn run(&self, workspace: &Workspace, ui: &Ui) -> Result<Value> {
        let step = ui.step("Subject");
        let mut command = workspace.cargo("build");
        command.args(["--release", "--package", "bench", "--bin", SUBJECT]);
        process::run(command, |line| step.line(line))?;
        step.done();

        let step = ui.step("A million keys");
        let mut command = Command::new(workspace.target().join("release").join(SUBJECT));
        let (mut job, line) = started(&mut command)?;
        let subject: Value = serde_json::from_str(&line).context("the subject did not start")?;
        let server: SocketAddr = subject["address"].as_str().context("the subject says its address")?.parse()?;
        let keys = sample(server)?;
        step.done();

        let step = ui.step("Rounds");
        let requests = ["/bare", "/checked"].map(|path| requests(path, &keys));
        let mut rates = [Vec::new(), Vec::new()];
        for round in 0..=ROUNDS {
            let mut answered = [0.0; 2];
            for _ in 0..SLICES {
                for (requests, answered) in requests.iter().zip(&mut answered) {
                    interrupt::check()?;
                    let next = |number: u64| requests[usize::try_from(number).unwrap_or(0) % requests.len()].clone();
                    *answered += load::measure(server, CONNECTIONS, SLICE, &next)?.per_second / f64::from(SLICES);
                }
            }
            // The first warms up.
            if round > 0 {
                rates.iter_mut().zip(answered).for_each(|(rates, rate)| rates.push(rate));
            }
            step.line(&format!("{round} of {ROUNDS}"));
        }
        step.done();
        job.kill9()?;
        report(&subject, &rates)
    }
}

fn report(subject: &Value, [bare, checked]: &[Vec<f64>; 2]) -> Result<Value> {
    println!("{:>5} {:>14} {:>14} {:>8}", "round", "bare /s", "checked /s", "ratio");
    let ratios: Vec<f64> = bare.iter().zip(checked).map(|(bare, checked)| checked / bare).collect();
    for (round, ((bare, checked), ratio)) in bare.iter().zip(checked).zip(&ratios).enumerate() {
        println!("{:>5} {bare:>14.0} {checked:>14.0} {ratio:>8.3}", round + 1);
    }
    let ratio = median(&ratios);
    println!("{:>5} {:>14.0} {:>14.0} {ratio:>8.3}", "median", median(bare), median(checked));
    if ratio < LEAST {
        bail!("the check reaches {ratio:.3} of a bare handler's rate; it should reach {LEAST}");
    }
    Ok(json!({
        "verify_vs_axum": (ratio * 1000.0).round() / 1000.0,
        "bare_per_second": median(bare).round(),
        "checked_per_second": median(checked).round(),
        "keys": subject["keys"],
        "bytes_per_key": subject["bytes_per_key"],
        "verify_nanoseconds": subject["verify_nanoseconds"],
    }))
}

/// The same request for both handlers but for its path, so that both pay for reading it.
fn requests(path: &str, keys: &[String]) -> Vec<Vec<u8>> {
    let request =
        |key| format!("GET {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {key}\r\n\r\n").into_bytes();
    keys.iter().map(request).collect()
}

/// Keys that the subject knows.
fn sample(server: SocketAddr) -> Result<Vec<String>> {
    let (mut connection, mut answer) = (TcpStream::connect(server)?, String::new());
    connection.write_all(b"GET /sample HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n")?;
    connection.read_to_string(&mut answer)?;
    let (_, body) = answer.split_once("\r\n\r\n").context("the subject answers")?;
    Ok(body.lines().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_that_is_too_slow_fails_the_benchmark() {
        let rates = |checked| [vec![100.0, 90.0, 110.0], vec![checked; 3]];
        let subject = json!({ "keys": 1_000_000 });
        assert_eq!(report(&subject, &rates(95.0)).unwrap()["verify_vs_axum"], 0.95);
        assert!(report(&subject, &rates(70.0)).is_err());
    }
}
