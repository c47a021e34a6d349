//! Where a cluster lives: the requested folder, or `/var/lib/pentaprism` where the unprivileged user cannot reach it.

use std::{
    fs::{self, DirBuilder, Permissions},
    io,
    os::unix::{
        ffi::OsStrExt,
        fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    },
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::{
    config::Notice,
    error::ClusterError,
    files,
    privilege::{self, RunAs},
};

/// Stands in for requested folders that the unprivileged user cannot reach.
const FALLBACK: &str = "/var/lib/pentaprism";

/// A cluster's folders, made and protected, and the user it runs as.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// `<data_dir>/postgres`: the lock, the password, the data and usually the socket.
    pub home: PathBuf,
    /// `PGDATA`; there from the end of the first initialisation on.
    pub data: PathBuf,
    /// The unprivileged user, if this process is root.
    pub user: Option<RunAs>,
}

impl Place {
    /// Makes the folders and decides where and as whom the cluster runs. Safe to repeat and to race.
    pub fn prepare(requested: &Path, notices: &mut Vec<Notice>) -> Result<Self, ClusterError> {
        make_requested(requested)?;
        let requested = fs::canonicalize(requested).map_err(ClusterError::io("find", requested))?;
        let fallback = Path::new(FALLBACK).join(short_hash(&requested));
        let root = rustix::process::geteuid().is_root();

        // Data that is already there decides: a folder that has become reachable since must not hide it.
        let moved_before = root && !data_in(&requested).exists() && data_in(&fallback).exists();
        if !moved_before {
            let place = Self::make(&requested, notices)?;
            let Some(user) = place.locked_out()? else { return Ok(place) };
            if place.data.exists() {
                return Err(ClusterError::Unreachable { path: place.home, user });
            }
            // Both go only if empty, so nothing of anyone is lost.
            _ = fs::remove_dir(&place.home);
            _ = fs::remove_dir(&requested);
        }
        // Others pass through it to clusters of their own, and cannot list it.
        make_dir(Path::new(FALLBACK), 0o711)?;
        make_requested(&fallback)?;
        let place = Self::make(&fallback, notices)?;
        if let Some(user) = place.locked_out()? {
            return Err(ClusterError::Unreachable { path: place.home, user });
        }
        let user = place.user.as_ref().map(|user| user.name.clone()).unwrap_or_default();
        notices.push(Notice::Relocated { requested, used: fallback, user });
        Ok(place)
    }

    fn make(dir: &Path, notices: &mut Vec<Notice>) -> Result<Self, ClusterError> {
        let home = dir.join("postgres");
        let data = home.join("data");
        let user = privilege::run_as(&home, &data, notices)?;
        protect(dir, &home, user.as_ref())?;
        // Root keeps the folder and lets the user pass through; one that is the user's own stays theirs.
        match &user {
            Some(user) if owner(&home)?.is_none_or(|uid| uid == 0) => {
                files::ensure_dir(&home, 0o710, Some((0, user.gid)))?;
            }
            _ => files::ensure_dir(&home, 0o700, None)?,
        }
        Ok(Self { home, data, user })
    }

    /// The name of the user who cannot enter the folder, if that is so.
    fn locked_out(&self) -> Result<Option<String>, ClusterError> {
        match &self.user {
            Some(user) if !privilege::can_enter(user, &self.home)? => Ok(Some(user.name.clone())),
            _ => Ok(None),
        }
    }

    /// The numeric owner of what the user has to write: `None` leaves it to this process.
    pub fn owner(&self) -> Option<(u32, u32)> {
        self.user.as_ref().map(|user| (user.uid, user.gid))
    }
}

/// 12 hexadecimal digits that stand for a path.
pub(super) fn short_hash(path: &Path) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(path.as_os_str().as_bytes())[..6])
}

fn data_in(dir: &Path) -> PathBuf {
    dir.join("postgres/data")
}

/// The owner's user id, or `None` where there is nothing.
pub(super) fn owner(path: &Path) -> Result<Option<u32>, ClusterError> {
    match fs::symlink_metadata(path) {
        Ok(found) => Ok(Some(found.uid())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ClusterError::io("look at", path)(error)),
    }
}

/// Makes the data folder, closed to others; its parents get the usual mode, so that they can be passed through.
fn make_requested(dir: &Path) -> Result<(), ClusterError> {
    if let Some(parent) = dir.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        fs::create_dir_all(parent).map_err(ClusterError::io("make", parent))?;
    }
    make_dir(dir, 0o700)
}

fn make_dir(dir: &Path, mode: u32) -> Result<(), ClusterError> {
    match DirBuilder::new().mode(mode).create(dir) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(ClusterError::io("make", dir)(error)),
        _ => Ok(()),
    }
}

/// Closes the data folder to others, and lets the user pass through it.
fn protect(dir: &Path, home: &Path, user: Option<&RunAs>) -> Result<(), ClusterError> {
    let found = fs::metadata(dir).map_err(ClusterError::io("look at", dir))?;
    let mut mode = found.mode() & 0o7777;
    if mode & 0o006 != 0 {
        // A folder that was there before us, such as /srv, is not ours to close.
        let ours = home.exists() || fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_none());
        if !ours {
            return Err(ClusterError::Exposed { path: dir.to_owned() });
        }
        mode &= !0o007;
    }
    if let Some(user) = user.filter(|user| user.uid != found.uid() && mode & 0o001 == 0) {
        // Only where it takes nothing from another group.
        if found.gid() == user.gid || found.gid() == 0 || mode & 0o070 == 0 {
            std::os::unix::fs::chown(dir, None, Some(user.gid))
                .map_err(ClusterError::io("change the group of", dir))?;
            mode = mode & !0o060 | 0o010;
        }
    }
    if mode != found.mode() & 0o7777 {
        fs::set_permissions(dir, Permissions::from_mode(mode)).map_err(ClusterError::io("change the mode of", dir))?;
    }
    Ok(())
}
