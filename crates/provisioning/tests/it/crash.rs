//! Deaths: of Postgres, of its owner, of an initialisation; and what they leave.

use std::{
    fs,
    os::unix::{fs::MetadataExt, process::CommandExt},
    process::{Command, Stdio},
    time::Duration,
};

use provisioning::cluster::{Cluster, Notice, Status};
use rustix::process::{Pid, Signal, getpgid};

use crate::support::{
    alive, ask, config, folder, is_root, kill, postmaster, postmaster_of, processes_of, spawn_owner, surprises, until,
};

#[tokio::test]
async fn the_watcher_starts_a_killed_postgres_again() {
    let folder = folder();
    let cluster = Cluster::start(config(folder.path())).await.unwrap();
    let mut status = cluster.status();
    for round in 0..2 {
        let before = postmaster(&cluster);
        kill(before, Signal::KILL);
        let running = |status: &Status| matches!(status, Status::Running { pid } if *pid != before);
        tokio::time::timeout(Duration::from_secs(30), status.wait_for(running)).await.unwrap().unwrap();
        assert_eq!(ask(&cluster, "SELECT 'here'").await, "here", "round {round}");
    }
    cluster.stop().await.unwrap();
    assert_eq!(*status.borrow(), Status::Stopped);
}

#[tokio::test]
async fn without_restarts_a_crash_is_final_and_frees_the_lock() {
    let folder = folder();
    let mut config = config(folder.path());
    config.restart_after_crash = false;
    let cluster = Cluster::start(config.clone()).await.unwrap();
    kill(postmaster(&cluster), Signal::KILL);
    let mut status = cluster.status();
    let failed = |status: &Status| matches!(status, Status::Failed { .. });
    tokio::time::timeout(Duration::from_secs(30), status.wait_for(failed)).await.unwrap().unwrap();
    let again = Cluster::start(config).await.unwrap();
    again.stop().await.unwrap();
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn postgres_does_not_outlive_a_killed_owner() {
    let folder = folder();
    let mut owner = spawn_owner(folder.path());
    let orphan = postmaster_of(&mut owner);
    assert!(alive(orphan));
    // Ctrl-C in a terminal is for the owner, which stops Postgres last.
    let group = |pid: u32| getpgid(Pid::from_raw(pid.cast_signed())).unwrap();
    assert_ne!(group(orphan), group(owner.id()));
    owner.kill().unwrap();
    owner.wait().unwrap();
    until("Postgres ends with its owner", || !alive(orphan));
    let cluster = Cluster::start(config(folder.path())).await.unwrap();
    assert_eq!(ask(&cluster, "SELECT 'here'").await, "here");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_start_right_after_a_killed_owner_waits_for_its_postgres() {
    let folder = folder();
    let mut owner = spawn_owner(folder.path());
    postmaster_of(&mut owner);
    owner.kill().unwrap();
    // The old one may still be shutting down, which takes a moment.
    let cluster = Cluster::start(config(folder.path())).await.unwrap();
    assert_eq!(ask(&cluster, "SELECT 'here'").await, "here");
    cluster.stop().await.unwrap();
    owner.wait().unwrap();
}

#[tokio::test]
async fn a_kill_at_any_moment_of_a_start_can_be_recovered_from() {
    let folder = folder();
    let home = folder.path().join(".pentaprism/postgres");
    let kill_after = |pause| {
        let mut owner = spawn_owner(folder.path());
        std::thread::sleep(Duration::from_millis(pause));
        owner.kill().unwrap();
        owner.wait().unwrap();
        until("nothing is left running", || processes_of(folder.path()).is_empty());
    };
    [30, 150, 400, 700, 1000].into_iter().for_each(kill_after);
    let cluster = Cluster::start(config(folder.path())).await.unwrap();
    assert_eq!(ask(&cluster, "SELECT 'here'").await, "here");
    cluster.stop().await.unwrap();
    // And of later ones, when Postgres itself is what is starting.
    [40, 55, 70, 85, 100, 120, 140, 170].into_iter().for_each(kill_after);
    // Programs of the last attempt may have been writing still; what they left goes with the next start.
    Cluster::start(config(folder.path())).await.unwrap().stop().await.unwrap();
    let names = fs::read_dir(home).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.filter(|name| name.starts_with("data.new-")).count(), 0);
}

#[tokio::test]
async fn stale_pid_files_are_no_obstacle() {
    let folder = folder();
    let cluster = Cluster::start(config(folder.path())).await.unwrap();
    let file = cluster.data().join("postmaster.pid");
    let text = fs::read_to_string(&file).unwrap();
    let owner = fs::metadata(cluster.data()).unwrap();
    cluster.stop().await.unwrap();
    let rest = text.split_once('\n').unwrap().1;
    // Of a dead process, of one that is alive but no Postgres (as Postgres's own user, which it would shy away from),
    // and torn.
    let mut other = as_owner(&owner, "sleep");
    let mut other = other.arg("600").current_dir("/").spawn().unwrap();
    let dead = Command::new("true").spawn().and_then(|mut child| child.wait().map(|_| child.id())).unwrap();
    for content in [format!("{dead}\n{rest}"), format!("{}\n{rest}", other.id()), String::new()] {
        fs::write(&file, &content).unwrap();
        std::os::unix::fs::chown(&file, Some(owner.uid()), Some(owner.gid())).unwrap();
        let cluster = Cluster::start(config(folder.path())).await.unwrap();
        assert_eq!(ask(&cluster, "SELECT 'here'").await, "here", "{content}");
        cluster.stop().await.unwrap();
    }
    other.kill().unwrap();
    other.wait().unwrap();
}

#[tokio::test]
async fn a_postgres_without_an_owner_is_stopped_and_replaced() {
    let folder = folder();
    let cluster = Cluster::start(config(folder.path())).await.unwrap();
    let owner = fs::metadata(cluster.data()).unwrap();
    let data = cluster.data().to_owned();
    let program = fs::read_link(format!("/proc/{}/exe", postmaster(&cluster))).unwrap();
    cluster.stop().await.unwrap();
    let mut orphan = as_owner(&owner, program.to_str().unwrap());
    orphan.arg("-D").arg(&data).args(["-c", "listen_addresses=", "-c"]);
    orphan.arg(format!("unix_socket_directories={}", data.display()));
    let mut orphan = orphan.stderr(Stdio::null()).process_group(0).spawn().unwrap();
    until("it has started", || {
        fs::read_to_string(data.join("postmaster.pid")).is_ok_and(|text| text.contains("ready"))
    });

    let cluster = Cluster::start(config(folder.path())).await.unwrap();
    assert_eq!(surprises(&cluster), [Notice::StoppedLeftover { pid: orphan.id() }]);
    assert!(orphan.wait().unwrap().success(), "a clean shutdown");
    assert_eq!(ask(&cluster, "SELECT 'here'").await, "here");
    cluster.stop().await.unwrap();
}

/// A command as the user that Postgres runs as.
fn as_owner(data: &fs::Metadata, program: &str) -> Command {
    let mut command = Command::new(program);
    if is_root() {
        command.uid(data.uid()).gid(data.gid());
    }
    command.current_dir("/");
    command
}
