//! Folders that are too deep, too open, or out of reach.

use std::{
    fs,
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt},
};

use provisioning::cluster::{Cluster, ClusterError, Notice};

use crate::support::{ask, config, folder, is_root, mode, surprises};

#[tokio::test]
async fn a_long_path_gets_a_short_socket_folder() {
    let folder = folder();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o711)).unwrap();
    let deep = folder.path().join("a-folder-with-a-long-name-".repeat(4));
    fs::create_dir(&deep).unwrap();
    let cluster = Cluster::start(config(&deep)).await.unwrap();
    let socket_dir = cluster.connect_parts().socket_dir.clone();
    assert!(!socket_dir.starts_with(&deep));
    assert_eq!(mode(&socket_dir), 0o700);
    assert_eq!(ask(&cluster, "SELECT 'here'").await, "here");
    let guest = Cluster::attach_or_start(config(&deep)).await.unwrap();
    assert_eq!(guest.connect_parts().socket_dir, socket_dir, "others find it");
    cluster.stop().await.unwrap();
    assert!(!socket_dir.exists(), "nothing stays in a shared folder");
}

#[tokio::test]
async fn a_folder_name_with_odd_characters_works() {
    let folder = folder();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o711)).unwrap();
    let odd = folder.path().join("O'Brien, \"Ann\" 100% é");
    fs::create_dir(&odd).unwrap();
    let cluster = Cluster::start(config(&odd)).await.unwrap();
    assert!(cluster.connect_parts().socket_dir.starts_with(odd.canonicalize().unwrap()));
    assert_eq!(ask(&cluster, "SELECT 'here'").await, "here");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn an_open_folder_of_someone_elses_is_refused_and_an_empty_one_closed() {
    let folder = folder();
    let config = config(folder.path());
    fs::create_dir(&config.data_dir).unwrap();
    fs::set_permissions(&config.data_dir, fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(config.data_dir.join("theirs"), "").unwrap();
    let error = Cluster::start(config.clone()).await.unwrap_err();
    assert!(matches!(error, ClusterError::Exposed { .. }), "{error}");
    assert_eq!(mode(&config.data_dir), 0o755, "untouched");
    fs::remove_file(config.data_dir.join("theirs")).unwrap();
    let cluster = Cluster::start(config.clone()).await.unwrap();
    assert_eq!(mode(&config.data_dir) & 0o007, 0);
    cluster.stop().await.unwrap();
}

/// Root alone has anywhere else to go.
#[tokio::test]
async fn as_root_a_folder_out_of_reach_is_replaced_and_found_again() {
    if !is_root() {
        return;
    }
    let folder = folder();
    let closed = folder.path().join("closed");
    fs::DirBuilder::new().mode(0o700).create(&closed).unwrap();
    let cluster = Cluster::start(config(&closed)).await.unwrap();
    let surprises = surprises(&cluster);
    let [Notice::Relocated { requested, used, .. }] = &surprises[..] else { panic!("{surprises:?}") };
    assert_eq!(*requested, closed.join(".pentaprism"));
    assert!(used.starts_with("/var/lib/pentaprism") && cluster.data().starts_with(used));
    assert_eq!(mode(used) & 0o007, 0);
    assert_ne!(fs::metadata(cluster.data()).unwrap().uid(), 0, "not root's");
    let used = used.clone();
    let guest = Cluster::attach_or_start(config(&closed)).await.unwrap();
    assert!(!guest.is_owner());
    cluster.stop().await.unwrap();

    // Reachable by now, but the data is where it is.
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o711)).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o711)).unwrap();
    let cluster = Cluster::start(config(&closed)).await.unwrap();
    assert!(cluster.data().starts_with(&used));
    cluster.stop().await.unwrap();
    fs::remove_dir_all(&used).unwrap();
}

#[tokio::test]
async fn as_root_data_that_has_become_unreachable_is_not_replaced() {
    if !is_root() {
        return;
    }
    let folder = folder();
    let parent = folder.path().join("parent");
    fs::create_dir(&parent).unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o711)).unwrap();
    fs::set_permissions(&parent, fs::Permissions::from_mode(0o711)).unwrap();
    let cluster = Cluster::start(config(&parent)).await.unwrap();
    cluster.stop().await.unwrap();
    fs::set_permissions(&parent, fs::Permissions::from_mode(0o700)).unwrap();
    let error = Cluster::start(config(&parent)).await.unwrap_err();
    assert!(matches!(error, ClusterError::Unreachable { .. }), "{error}");
}
