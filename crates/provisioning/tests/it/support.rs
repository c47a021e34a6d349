//! A folder, a configuration and a second process for each test.

use std::{
    io::{BufRead, BufReader},
    os::unix::fs::MetadataExt,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use provisioning::cluster::{Cluster, ClusterConfig, Notice, Status};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use secrecy::ExposeSecret;
use sqlx::{Connection, PgConnection};

pub fn folder() -> tempfile::TempDir {
    tempfile::Builder::new().prefix("pentaprism-it-").tempdir().unwrap()
}

/// A cluster under `folder` that does not wait for the disk.
pub fn config(folder: &Path) -> ClusterConfig {
    let mut config = ClusterConfig::new(folder.join(".pentaprism"));
    config.durable = false;
    config
}

pub async fn try_ask(cluster: &Cluster, sql: &'static str) -> Result<String, sqlx::Error> {
    let mut connection = PgConnection::connect(cluster.url("postgres").expose_secret()).await?;
    sqlx::query_scalar(sql).fetch_one(&mut connection).await
}

pub async fn ask(cluster: &Cluster, sql: &'static str) -> String {
    try_ask(cluster, sql).await.unwrap()
}

pub fn mode(path: &Path) -> u32 {
    path.symlink_metadata().unwrap().mode() & 0o7777
}

/// The notices but for the one of machines without a user for Postgres.
pub fn surprises(cluster: &Cluster) -> Vec<Notice> {
    cluster.notices().iter().filter(|notice| !matches!(notice, Notice::SharedUser { .. })).cloned().collect()
}

pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

pub fn postmaster(cluster: &Cluster) -> u32 {
    match *cluster.status().borrow() {
        Status::Running { pid } => pid,
        ref other => panic!("{other:?}"),
    }
}

pub fn kill(pid: u32, signal: Signal) {
    kill_process(Pid::from_raw(pid.cast_signed()).unwrap(), signal).unwrap();
}

pub fn alive(pid: u32) -> bool {
    test_kill_process(Pid::from_raw(pid.cast_signed()).unwrap()) != Err(rustix::io::Errno::SRCH)
}

/// Waits, for a hang to become a failure.
pub fn until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !done() {
        assert!(Instant::now() < deadline, "in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

const OWNER: &str = "PENTAPRISM_TEST_OWNER";

/// Another process that starts the cluster under `folder` as its owner.
///
/// It ignores SIGINT, as a background job of a shell script does: the signal that ends Postgres with its owner.
pub fn spawn_owner(folder: &Path) -> Child {
    Command::new("sh")
        .args(["-c", r#"trap "" INT QUIT; exec "$0" support::owner --exact --nocapture"#])
        .arg(std::env::current_exe().unwrap())
        .env(OWNER, folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The postmaster of the other process, once it accepts connections.
pub fn postmaster_of(owner: &mut Child) -> u32 {
    let lines = BufReader::new(owner.stdout.as_mut().unwrap()).lines();
    lines.map(Result::unwrap).find_map(|line| line.split_once("postmaster=")?.1.parse().ok()).unwrap()
}

/// The Postgres processes, whole or in the making, that were started for `folder`.
pub fn processes_of(folder: &Path) -> Vec<String> {
    let commands = std::fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| {
        let words = std::fs::read(entry.path().join("cmdline")).ok()?;
        Some(String::from_utf8_lossy(&words).replace('\0', " "))
    });
    commands.filter(|command| command.contains(folder.to_str().unwrap())).collect()
}

/// Not a test: what [`spawn_owner`] runs. It ends with its standard input.
#[test]
fn owner() {
    let Some(folder) = std::env::var_os(OWNER) else { return };
    let cluster = Cluster::start_blocking(config(Path::new(&folder))).unwrap();
    println!("\npostmaster={}", postmaster(&cluster));
    std::io::read_to_string(std::io::stdin()).unwrap();
    cluster.stop_blocking().unwrap();
}
