//! One owner, any number of guests.

use std::{path::PathBuf, time::Duration};

use provisioning::cluster::{Cluster, ClusterError};

use crate::support::{ask, config, folder, postmaster, postmaster_of, spawn_owner};

#[tokio::test]
async fn a_guest_uses_what_another_process_owns_and_never_stops_it() {
    let folder = folder();
    let mut owner = spawn_owner(folder.path());
    let pid = postmaster_of(&mut owner);
    let guest = Cluster::attach_or_start(config(folder.path())).await.unwrap();
    assert!(!guest.is_owner());
    assert_eq!(postmaster(&guest), pid);
    assert_eq!(ask(&guest, "SELECT 'here'").await, "here");
    guest.stop().await.unwrap();
    let guest = Cluster::attach_or_start(config(folder.path())).await.unwrap();
    assert_eq!(postmaster(&guest), pid, "still the same");
    drop(owner.stdin.take());
    assert!(owner.wait().unwrap().success());

    let heir = Cluster::attach_or_start(config(folder.path())).await.unwrap();
    assert!(heir.is_owner());
    heir.stop().await.unwrap();
}

#[tokio::test]
async fn a_second_owner_waits_and_then_names_the_first() {
    let folder = folder();
    let mut owner = spawn_owner(folder.path());
    postmaster_of(&mut owner);
    let mut config = config(folder.path());
    config.lock_timeout = Duration::from_millis(200);
    let error = Cluster::start(config.clone()).await.unwrap_err();
    assert!(matches!(error, ClusterError::InUse { owner: Some(pid), .. } if pid == owner.id()), "{error}");
    assert!(error.to_string().contains(&owner.id().to_string()));

    config.lock_timeout = Duration::from_secs(30);
    let second = tokio::spawn(Cluster::start(config));
    drop(owner.stdin.take());
    let second = second.await.unwrap().unwrap();
    assert!(owner.wait().unwrap().success());
    assert!(second.is_owner());
    second.stop().await.unwrap();
}

#[tokio::test]
async fn of_many_starters_one_owns_and_all_connect() {
    let folder = folder();
    let starters: Vec<_> = (0..6).map(|_| tokio::spawn(Cluster::attach_or_start(config(folder.path())))).collect();
    let mut clusters = Vec::new();
    for starter in starters {
        clusters.push(starter.await.unwrap().unwrap());
    }
    assert_eq!(clusters.iter().filter(|cluster| cluster.is_owner()).count(), 1);
    let first = ask(&clusters[0], "SELECT system_identifier::text FROM pg_control_system()").await;
    for cluster in &clusters {
        assert_eq!(ask(cluster, "SELECT system_identifier::text FROM pg_control_system()").await, first);
    }
    let mut made = 0;
    for cluster in &clusters {
        made += usize::from(cluster.ensure_database("shared").await.unwrap());
    }
    assert_eq!(made, 1);
    for cluster in clusters {
        cluster.stop().await.unwrap();
    }
}

#[tokio::test]
async fn a_dropped_owner_lets_go() {
    let folder = folder();
    let cluster = Cluster::start(config(folder.path())).await.unwrap();
    let data: PathBuf = cluster.data().to_owned();
    drop(cluster);
    let next = Cluster::start(config(folder.path())).await.unwrap();
    assert_eq!(next.data(), data);
    next.stop().await.unwrap();
}
