//! Who owns a cluster: a file lock, which the kernel releases however its holder dies.

use std::{
    fs::{self, File, TryLockError},
    io::{Read, Write},
    os::unix::fs::{MetadataExt, fchown},
    path::{Path, PathBuf},
};

use super::{error::ClusterError, files};

/// The right to start, watch and stop the cluster; given up when dropped.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

/// The outcome of one attempt to own the cluster.
pub(super) enum Attempt {
    Owned(Lock),
    /// Another process has it; its id, where it has been written already.
    Held(Option<u32>),
}

/// The lock file beside the data.
pub(super) fn path(home: &Path) -> PathBuf {
    home.join("owner.lock")
}

/// Tries to own the cluster, without waiting.
pub(super) fn attempt(home: &Path) -> Result<Attempt, ClusterError> {
    let path = path(home);
    let mut file = files::private()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(ClusterError::io("open", &path))?;
    if rustix::process::geteuid().is_root() {
        // Else a user whose cluster root has started once could never start it again.
        let owner = fs::metadata(home).map_err(ClusterError::io("look at", home))?;
        fchown(&file, Some(owner.uid()), Some(owner.gid())).map_err(ClusterError::io("change the owner of", &path))?;
    }
    match file.try_lock() {
        Ok(()) => {
            file.set_len(0)
                .and_then(|()| writeln!(file, "{}", std::process::id()))
                .map_err(ClusterError::io("write", &path))?;
            Ok(Attempt::Owned(Lock { _file: file }))
        }
        Err(TryLockError::WouldBlock) => {
            let mut text = String::new();
            file.read_to_string(&mut text).map_err(ClusterError::io("read", &path))?;
            Ok(Attempt::Held(text.trim().parse().ok()))
        }
        Err(TryLockError::Error(error)) => Err(ClusterError::io("lock", &path)(error)),
    }
}
