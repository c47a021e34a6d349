//! What a first start makes, and what the next ones find.

use std::fs;

use provisioning::cluster::{Cluster, ClusterError};
use secrecy::ExposeSecret;
use sqlx::{Connection, PgConnection};

use crate::support::{alive, ask, config, folder, is_root, mode, postmaster, surprises};

#[tokio::test]
async fn data_and_password_outlive_a_restart() {
    let folder = folder();
    let mut config = config(folder.path());
    config.durable = true;
    let first = Cluster::start(config.clone()).await.unwrap();
    assert!(first.is_owner());
    assert_eq!(surprises(&first), []);
    assert!(first.ensure_database("pentaprism").await.unwrap());
    assert!(!first.ensure_database("pentaprism").await.unwrap(), "it is there already");
    assert!(first.ensure_database("a \"b\"; c").await.unwrap(), "a name is data");
    assert!(matches!(first.ensure_database("").await, Err(ClusterError::BadName(_))));
    let (url, pid) = (first.url("pentaprism"), postmaster(&first));
    first.stop().await.unwrap();
    assert!(!alive(pid));

    let second = Cluster::start(config).await.unwrap();
    assert_eq!(second.url("pentaprism").expose_secret(), url.expose_secret());
    PgConnection::connect(url.expose_secret()).await.unwrap();
    assert_eq!(surprises(&second), [], "nothing was left over");
    second.stop().await.unwrap();
}

#[tokio::test]
async fn settings_are_those_of_a_private_server() {
    let folder = folder();
    let cluster = Cluster::start(config(folder.path())).await.unwrap();
    for (setting, value) in [
        ("SHOW wal_level", "logical"),
        ("SHOW listen_addresses", ""),
        ("SHOW unix_socket_permissions", "0700"),
        ("SHOW data_checksums", "on"),
        ("SHOW server_encoding", "UTF8"),
        ("SHOW password_encryption", "scram-sha-256"),
        ("SHOW logging_collector", "on"),
        ("SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules", "scram-sha-256"),
        ("SELECT left(rolpassword, 14) FROM pg_authid WHERE rolname = current_user", "SCRAM-SHA-256$"),
        ("SELECT string_agg(rolname::text, ',') FROM pg_authid WHERE rolcanlogin", "pentaprism"),
    ] {
        assert_eq!(ask(&cluster, setting).await, value, "{setting}");
    }
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn nobody_else_can_read_it() {
    let folder = folder();
    let cluster = Cluster::start(config(folder.path())).await.unwrap();
    let root = folder.path().join(".pentaprism");
    let home = root.join("postgres");
    // Root lets the group of the unprivileged user pass through, and no more.
    let passage = if is_root() { 0o710 } else { 0o700 };
    assert_eq!((mode(&root), mode(&home)), (passage, passage));
    assert_eq!((mode(cluster.data()), mode(&home.join("socket"))), (0o700, 0o700));
    for file in ["password", "owner.lock", "start.log"] {
        assert_eq!(mode(&home.join(file)), 0o600, "{file}");
    }
    let logs: Vec<_> = fs::read_dir(cluster.data().join("log")).unwrap().map(|log| log.unwrap().path()).collect();
    assert_eq!(logs.iter().map(|log| mode(log)).collect::<Vec<_>>(), [0o600]);
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_wrong_password_is_refused_on_the_socket_and_on_tcp() {
    let folder = folder();
    let mut config = config(folder.path());
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    config.tcp = Some(free);
    let cluster = Cluster::start(config).await.unwrap();
    let mut parts = cluster.connect_parts().clone();
    let tcp = parts.tcp_url("postgres").unwrap();
    PgConnection::connect(tcp.expose_secret()).await.unwrap();
    parts.password = "guessed".into();
    for url in [parts.url("postgres"), parts.tcp_url("postgres").unwrap()] {
        let error = PgConnection::connect(url.expose_secret()).await.unwrap_err();
        assert_eq!(error.as_database_error().and_then(|error| error.code()).as_deref(), Some("28P01"));
    }
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_missing_password_file_is_an_error_with_a_remedy() {
    let folder = folder();
    let cluster = Cluster::start(config(folder.path())).await.unwrap();
    cluster.stop().await.unwrap();
    fs::remove_file(folder.path().join(".pentaprism/postgres/password")).unwrap();
    let error = Cluster::start(config(folder.path())).await.unwrap_err();
    assert!(matches!(error, ClusterError::NoPassword { .. }), "{error}");
}

#[tokio::test]
async fn a_setting_that_postgres_refuses_is_quoted_from_its_log() {
    let folder = folder();
    let mut config = config(folder.path());
    config.settings.push(("work_mem".to_owned(), "plenty".to_owned()));
    let error = Cluster::start(config).await.unwrap_err().to_string();
    assert!(error.contains("work_mem") && error.contains("plenty"), "{error}");
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let folder = folder();
    let mut config = config(folder.path());
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    config.tcp = taken.local_addr().ok();
    let error = Cluster::start(config).await.unwrap_err().to_string();
    assert!(error.contains("Address already in use"), "{error}");
}

#[tokio::test]
async fn data_of_another_major_version_is_left_alone() {
    let folder = folder();
    let cluster = Cluster::start(config(folder.path())).await.unwrap();
    let version = cluster.data().join("PG_VERSION");
    cluster.stop().await.unwrap();
    fs::write(&version, "9\n").unwrap();
    let error = Cluster::start(config(folder.path())).await.unwrap_err();
    assert!(matches!(error, ClusterError::OtherVersion { .. }), "{error}");
    let text = error.to_string();
    assert!(text.contains("PostgreSQL 9") && text.contains("pg_upgrade"), "{text}");
}

#[tokio::test]
async fn a_folder_without_postgres_is_named() {
    let folder = folder();
    let mut config = config(folder.path());
    config.bin_dir = Some(folder.path().to_owned());
    let error = Cluster::start(config).await.unwrap_err();
    assert!(matches!(error, ClusterError::BadBinDir { .. }), "{error}");
    assert!(error.to_string().contains("initdb"), "{error}");
}

#[tokio::test]
async fn an_unfinished_initialisation_is_begun_anew() {
    let folder = folder();
    let home = folder.path().join(".pentaprism/postgres");
    let mut config = config(folder.path());
    // A failing initdb leaves nothing behind ...
    config.bin_dir = Some(fake_binaries(folder.path()));
    let error = Cluster::start(config.clone()).await.unwrap_err();
    assert!(matches!(error, ClusterError::Init { .. }), "{error}");
    assert!(error.to_string().contains("the disk is full"), "{error}");
    assert!(!home.join("data").exists());
    // ... and what a killed one has left is removed.
    let left = home.join("data.new-0badcafe");
    fs::create_dir(&left).unwrap();
    fs::write(left.join("PG_VERSION"), "15").unwrap();
    config.bin_dir = None;
    let cluster = Cluster::start(config).await.unwrap();
    assert!(!left.exists());
    cluster.stop().await.unwrap();
}

/// An `initdb` that fails and a `postgres` that knows its version.
fn fake_binaries(folder: &std::path::Path) -> std::path::PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let open = fs::Permissions::from_mode(0o755);
    fs::set_permissions(folder, open.clone()).unwrap();
    let dir = folder.join("bin");
    fs::create_dir(&dir).unwrap();
    for (name, script) in [
        ("initdb", "#!/bin/sh\necho 'initdb: error: the disk is full' >&2\nexit 1\n"),
        ("postgres", "#!/bin/sh\necho 'postgres (PostgreSQL) 17.2'\n"),
    ] {
        fs::write(dir.join(name), script).unwrap();
        fs::set_permissions(dir.join(name), open.clone()).unwrap();
    }
    dir
}
