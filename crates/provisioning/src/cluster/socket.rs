//! The folder of the unix socket: beside the data, or elsewhere where that path is too long for a socket.

use std::{
    fs,
    os::unix::{ffi::OsStrExt, fs::MetadataExt},
    path::{Path, PathBuf},
};

use super::{
    error::ClusterError,
    files,
    place::{Place, short_hash},
    probe::socket_file,
};

/// `sun_path` holds 108 bytes with the final NUL.
const LONGEST: usize = 107;

/// Makes the folder, open to the user that Postgres runs as alone.
pub(super) fn ensure_dir(place: &Place, port: u16) -> Result<PathBuf, ClusterError> {
    let beside = place.home.join("socket");
    if socket_file(&beside, port).as_os_str().as_bytes().len() <= LONGEST {
        files::ensure_dir(&beside, 0o700, place.owner())?;
        return Ok(beside);
    }
    // Not XDG_RUNTIME_DIR: it goes away when its user logs out, and the server may stay.
    let hash = short_hash(&place.home);
    if rustix::process::geteuid().is_root() {
        let shared = Path::new("/run/pentaprism");
        files::ensure_dir(shared, 0o711, Some((0, 0)))?;
        let dir = shared.join(hash);
        files::ensure_dir(&dir, 0o700, place.owner())?;
        return Ok(dir);
    }
    let me = rustix::process::geteuid().as_raw();
    in_shared_folder(PathBuf::from(format!("/tmp/pentaprism-{me}-{hash}")), me)
}

/// Anyone could have made a folder of this name first, so one that exists has to be ours and closed already.
fn in_shared_folder(dir: PathBuf, me: u32) -> Result<PathBuf, ClusterError> {
    if fs::symlink_metadata(&dir).is_ok_and(|found| !found.is_dir() || found.uid() != me || found.mode() & 0o077 != 0) {
        return Err(ClusterError::SocketDir { path: dir });
    }
    // Ours by now, or made by us here: /tmp is sticky, so nobody else can put another in its place.
    files::ensure_dir(&dir, 0o700, None)?;
    Ok(dir)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_folder_that_is_not_ours_alone_is_refused() {
        let me = rustix::process::geteuid().as_raw();
        let base = std::env::temp_dir().join(format!("pentaprism-socket-{}", std::process::id()));
        let dir = base.join("dir");
        fs::create_dir_all(&dir).unwrap();
        fs::set_permissions(&dir, fs::Permissions::from_mode(0o755)).unwrap();
        assert!(matches!(in_shared_folder(dir.clone(), me), Err(ClusterError::SocketDir { .. })));
        fs::set_permissions(&dir, fs::Permissions::from_mode(0o700)).unwrap();
        assert_eq!(in_shared_folder(dir.clone(), me).unwrap(), dir);
        assert!(in_shared_folder(dir.clone(), me + 1).is_err());
        symlink(&dir, base.join("link")).unwrap();
        assert!(in_shared_folder(base.join("link"), me).is_err());
        fs::remove_dir_all(base).unwrap();
    }
}
