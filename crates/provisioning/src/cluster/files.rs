//! Folders and files that nobody else may read.
//!
//! As root, some of them lie where the unprivileged user can write, so nothing here follows a symbolic link at the
//! end of a path.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
    path::Path,
};

use super::{error::ClusterError, privilege::RunAs};

/// Options for a file of mode 0600 that refuse a symbolic link.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.mode(0o600).custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed());
    options
}

/// Makes sure that `dir` is a folder of exactly this mode and owner (`None`: as it is).
pub(super) fn ensure_dir(dir: &Path, mode: u32, owner: Option<(u32, u32)>) -> Result<(), ClusterError> {
    match DirBuilder::new().mode(0o700).create(dir) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(ClusterError::io("make", dir)(error));
        }
        _ => {}
    }
    let found = fs::symlink_metadata(dir).map_err(ClusterError::io("look at", dir))?;
    if !found.is_dir() {
        return Err(ClusterError::io("use", dir)(io::ErrorKind::NotADirectory.into()));
    }
    // The owner first: it is the one who may change the mode, and no one else should profit from it in between.
    if let Some((uid, gid)) = owner.filter(|owner| *owner != (found.uid(), found.gid())) {
        std::os::unix::fs::lchown(dir, Some(uid), Some(gid)).map_err(ClusterError::io("change the owner of", dir))?;
    }
    if found.mode() & 0o7777 != mode {
        fs::set_permissions(dir, Permissions::from_mode(mode)).map_err(ClusterError::io("change the mode of", dir))?;
    }
    Ok(())
}

/// Gives a file to the user, where there is one.
pub(super) fn give(file: &File, path: &Path, user: Option<&RunAs>) -> Result<(), ClusterError> {
    user.map_or(Ok(()), |user| std::os::unix::fs::fchown(file, Some(user.uid), Some(user.gid)))
        .map_err(ClusterError::io("change the owner of", path))
}

/// Writes `text` to a file that only `user` (or this user) can read, and waits until it is on disk.
pub(super) fn write_private(path: &Path, text: &str, user: Option<&RunAs>) -> Result<(), ClusterError> {
    let mut file =
        private().write(true).create(true).truncate(true).open(path).map_err(ClusterError::io("write", path))?;
    give(&file, path, user)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(ClusterError::io("write", path))
}

/// Makes a rename or a new entry in `dir` survive a power failure.
pub(super) fn sync_dir(dir: &Path) -> Result<(), ClusterError> {
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(ClusterError::io("sync", dir))
}
