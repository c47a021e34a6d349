//! Accelerate beside the official executor, pgbench on the same statement, and a handler that does nothing.
//!
//! The last two together bound what any gateway can do on the machine: it has to answer a request, and to ask the database.

use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::{Benchmark, load, median, started};
use crate::build::{self, Profile};
use crate::cluster::Cluster;
use crate::database::Database;
use crate::process::{self, interrupt};
use crate::registry::Named;
use crate::seeded::Seeded;
use crate::tools::{node, postgres};
use crate::ui::Ui;
use crate::workspace::Workspace;
use crate::{files, web};

/// The peer, as a program of Node.
const EXECUTOR: &str = "end2end/bench/executor";
/// What the official client sent, by line from 1, and the tables behind it.
const EXCHANGES: &str = "crates/accelerate/tests/it/samples";
const SUBJECT: &str = "bench-keys";
const ROUNDS: usize = 5;
const SLICE: Duration = Duration::from_secs(2);
const CLIENTS: usize = 16;
/// Of the kept answers, whose limit is of 64 clients.
const MANY: usize = 64;

/// `cargo x bench accelerate`.
pub struct Accelerate;

impl Named for Accelerate {
    fn name(&self) -> &'static str {
        "accelerate"
    }

    fn about(&self) -> &'static str {
        "Accelerate, beside the official executor, pgbench and a bare axum handler"
    }
}

/// A kind of request: the line of its exchange, and whether its answer may be kept.
struct Kind {
    name: &'static str,
    line: usize,
    cached: bool,
}

const KINDS: [Kind; 4] = [
    Kind { name: "flat", line: 8, cached: false },
    Kind { name: "nested", line: 7, cached: false },
    Kind { name: "create", line: 17, cached: false },
    Kind { name: "cached", line: 8, cached: true },
];

/// Rates of all rounds, and the slowest of a hundred answers of the last.
#[derive(Default)]
struct Seen {
    rates: Vec<f64>,
    p99_ms: Vec<f64>,
}

impl Benchmark for Accelerate {
    fn run(&self, workspace: &Workspace, ui: &Ui) -> Result<Value> {
        node::install(workspace, ui, EXECUTOR)?;
        web::make(workspace, ui)?;
        let binary = build::server(workspace, ui, Profile::Release)?;
        let step = ui.step("Bare handler");
        let mut command = workspace.cargo("build");
        command.args(["--release", "--package", "bench", "--bin", SUBJECT]);
        process::run(command, |line| step.line(line))?;
        step.done();

        let step = ui.step("Throwaway Postgres");
        let held = Cluster::start(workspace, &step)?;
        let cluster = Database(held.url().to_owned());
        let target = cluster.create("bench")?;
        target.run_file(&workspace.path(EXCHANGES).join("schema.sql"))?;
        target.run(ROWS)?;
        step.done();

        let step = ui.step("Servers");
        let seeded = Seeded::start(workspace, binary, &cluster, &target, &[])?;
        let subject: SocketAddr = seeded.server.data().trim_start_matches("http://").parse()?;
        let mut command = node::node(workspace, EXECUTOR);
        command.arg("serve.cjs").env("DATABASE_URL", &target.0);
        let (mut executor_job, executor) = started(&mut command)?;
        let mut command = Command::new(workspace.target().join("release").join(SUBJECT));
        let (mut bare_job, line) = started(&mut command)?;
        let bare: Value = serde_json::from_str(&line)?;
        let bare: SocketAddr = bare["address"].as_str().context("the handler says its address")?.parse()?;
        let executor: SocketAddr = executor.parse()?;
        step.done();

        let exchanges = files::read_text(&workspace.path(EXCHANGES).join("exchanges.jsonl"))?;
        let key = seeded.api_key()?;
        let step = ui.step("Rounds");
        let mut ours: [Seen; 4] = Default::default();
        let mut theirs: [Seen; 4] = Default::default();
        let (mut pgbench, mut axum) = (Seen::default(), Seen::default());
        for round in 0..=ROUNDS {
            for (at, kind) in KINDS.iter().enumerate() {
                let request = requests(&exchanges, kind, key, round)?;
                let clients = if kind.cached { MANY } else { CLIENTS };
                note(&mut ours[at], round, &load::measure(subject, clients, SLICE, &request)?);
                // The executor keeps no answers: its own rate is what kept ones are measured against.
                let request = requests(&exchanges, kind, key, ROUNDS + 1 + round)?;
                note(&mut theirs[at], round, &load::measure(executor, clients, SLICE, &request)?);
                if kind.name == "create" {
                    // The other queries read the whole table.
                    target.run("delete from \"User\" where email like 'bench%'")?;
                    target.run("vacuum analyze \"User\"")?;
                }
                interrupt::check()?;
            }
            let get = |_| b"GET /bare HTTP/1.1\r\nhost: bench\r\n\r\n".to_vec();
            note(&mut axum, round, &load::measure(bare, MANY, SLICE, &get)?);
            if round > 0 {
                pgbench.rates.push(pgbench_rate(workspace, &exchanges, &target)?);
            }
            step.line(&format!("{round} of {ROUNDS}"));
        }
        let memory = [resident_mb(seeded.server.id())?, resident_mb(executor_job.id())?];
        step.done();
        bare_job.kill9()?;
        executor_job.kill9()?;
        Ok(report(&ours, &theirs, &pgbench, &axum, memory))
    }
}

/// Ten users with three posts each.
const ROWS: &str = r#"
    insert into "User" (email, name, balance, big, data, tags)
      select 'u' || n || '@x.io', 'User ' || n, n * 1.5, 9007199254740993, jsonb_build_object('k', array[n, 2]), array['a', 'b'] from generate_series(1, 10) n;
    insert into "Post" (id, title, published, views, "authorId")
      select 'p' || u.id || '-' || n, 'Post ' || n, true, n, u.id from "User" u, generate_series(1, 3) n;
    analyze"#;

fn note(seen: &mut Seen, round: usize, figures: &load::Figures) {
    // The first warms up.
    if round > 0 {
        seen.rates.push(figures.per_second);
        seen.p99_ms.push(figures.percentile_ms(0.99));
    }
}

/// Makes the requests of a kind: each creation has an address of its own.
fn requests(exchanges: &str, kind: &Kind, key: &str, round: usize) -> Result<impl Fn(u64) -> Vec<u8> + Sync + use<>> {
    let exchange: Value = serde_json::from_str(exchanges.lines().nth(kind.line - 1).context("an exchange")?)?;
    let body = ordered(exchanges.lines().nth(kind.line - 1).context("an exchange")?).context("a body")?.to_owned();
    let path = if exchange["path"].as_str().is_some_and(|path| path.contains("/query")) {
        "/query"
    } else {
        bail!("no query")
    };
    let control = if kind.cached { "max-age=3600" } else { "no-cache" };
    let (name, key) = (kind.name, key.to_owned());
    Ok(move |number: u64| {
        let body = if name == "create" {
            body.replace("tx@x.io", &format!("bench{round}-{number}@x.io"))
        } else {
            body.clone()
        };
        format!(
            "POST {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\ncache-control: {control}\r\nprisma-engine-hash: 7.10.0\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    })
}

/// The body as it was sent: the order of its fields counts.
fn ordered(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once(r#""body":"#)?;
    Some(rest.split_once(r#","status":"#)?.0)
}

/// The flat query's statement, prepared once a client.
fn pgbench_rate(workspace: &Workspace, exchanges: &str, target: &Database) -> Result<f64> {
    let exchange: Value = serde_json::from_str(exchanges.lines().nth(KINDS[0].line - 1).context("an exchange")?)?;
    let fragments = &exchange["body"]["plan"]["args"]["expr"]["args"]["fragments"];
    let chunk = fragments[0]["chunk"].as_str().context("the statement of the flat query")?;
    let script = workspace.scratch().join("pgbench.sql");
    files::write(&script, format!("{chunk}0;\n").as_bytes())?;
    let mut command = Command::new(postgres::program("pgbench")?);
    command.args([
        "-n",
        "-M",
        "prepared",
        "-c",
        &CLIENTS.to_string(),
        "-j",
        "2",
        "-T",
        &SLICE.as_secs().to_string(),
        "-f",
    ]);
    command.arg(&script).arg(&target.0);
    let output = process::run(command, |_| ())?;
    let line = output.lines().find_map(|line| line.strip_prefix("tps = ")).context("pgbench says its rate")?;
    Ok(line.split(' ').next().unwrap_or_default().parse()?)
}

fn resident_mb(process: u32) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("the kernel says the memory")?;
    let kib: f64 = line.trim().trim_end_matches(" kB").trim().parse()?;
    Ok(kib / 1024.0)
}

fn report(
    ours: &[Seen; 4],
    theirs: &[Seen; 4],
    pgbench: &Seen,
    axum: &Seen,
    [memory, their_memory]: [f64; 2],
) -> Value {
    println!(
        "{:>8} {:>12} {:>12} {:>8} {:>10} {:>10}",
        "", "Accelerate/s", "executor/s", "ratio", "p99 ms", "its p99 ms"
    );
    for ((kind, ours), theirs) in KINDS.iter().zip(ours).zip(theirs) {
        let (rate, peer) = (median(&ours.rates), median(&theirs.rates));
        let (p99, its) = (median(&ours.p99_ms), median(&theirs.p99_ms));
        println!("{:>8} {rate:>12.0} {peer:>12.0} {:>8.2} {p99:>10.2} {its:>10.2}", kind.name, rate / peer);
    }
    println!("{:>8} {:>12.0}", "pgbench", median(&pgbench.rates));
    println!("{:>8} {:>12.0}", "axum", median(&axum.rates));
    // Who answers as a bare handler does and asks as pgbench does, and needs nothing for itself, would be as fast as this.
    let both: Vec<f64> =
        axum.rates.iter().zip(&pgbench.rates).map(|(one, other)| one * other / (one + other)).collect();
    println!("{:>8} {:>12.0}", "both", median(&both));
    println!("{:>8} {memory:>9.0} MB {their_memory:>9.0} MB", "memory");
    let ratio = |ours: &[f64], theirs: &[f64]| {
        let each: Vec<f64> = ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs).collect();
        (median(&each) * 1000.0).round() / 1000.0
    };
    json!({
        "flat_vs_executor": ratio(&ours[0].rates, &theirs[0].rates),
        "nested_vs_executor": ratio(&ours[1].rates, &theirs[1].rates),
        "create_vs_executor": ratio(&ours[2].rates, &theirs[2].rates),
        "cached_vs_executor": ratio(&ours[3].rates, &theirs[3].rates),
        "flat_vs_pgbench": ratio(&ours[0].rates, &pgbench.rates),
        "flat_vs_both": ratio(&ours[0].rates, &both),
        "both_vs_executor": ratio(&both, &theirs[0].rates),
        "cached_vs_axum": ratio(&ours[3].rates, &axum.rates),
        "p99_vs_executor": ratio(&ours[0].p99_ms, &theirs[0].p99_ms),
        "memory_vs_executor": (memory / their_memory * 1000.0).round() / 1000.0,
        "cached_p99_ms": median(&ours[3].p99_ms),
    })
}
