//! Finds the Postgres server programs.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::{
    error::ClusterError,
    privilege::{self, RunAs},
};

/// The oldest major version that the control plane's SQL supports.
pub(super) const OLDEST: u32 = 15;

/// The server programs of one installed version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binaries {
    pub dir: PathBuf,
    pub major: u32,
}

impl Binaries {
    pub fn initdb(&self) -> PathBuf {
        self.dir.join("initdb")
    }

    pub fn postgres(&self) -> PathBuf {
        self.dir.join("postgres")
    }
}

/// The programs to run `data` with: those of the version that made it, else the first found.
///
/// Looks in `bin_dir` alone where it is given; else asks `pg_config`, then the folders of the packages of Debian and
/// of postgresql.org (newest first), then `PATH`.
pub(super) fn find(bin_dir: Option<&Path>, data: &Path, user: Option<&RunAs>) -> Result<Binaries, ClusterError> {
    let usable = match bin_dir {
        Some(dir) => {
            vec![inspect(dir, user).map_err(|problem| ClusterError::BadBinDir { dir: dir.to_owned(), problem })?]
        }
        None => {
            let searched = candidates();
            let usable: Vec<_> = searched.iter().filter_map(|dir| inspect(dir, user).ok()).collect();
            if usable.is_empty() {
                return Err(ClusterError::NotFound { searched });
            }
            usable
        }
    };
    let Some(found) = made_by(data)? else { return Ok(usable[0].clone()) };
    match usable.iter().find(|binaries| binaries.major.to_string() == found) {
        Some(binaries) => Ok(binaries.clone()),
        None => Err(ClusterError::OtherVersion { data: data.to_owned(), found, installed: usable[0].major }),
    }
}

/// The major version that made `data`, or `None` where there is no cluster yet.
fn made_by(data: &Path) -> Result<Option<String>, ClusterError> {
    let path = data.join("PG_VERSION");
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text.trim().to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ClusterError::io("read", path)(error)),
    }
}

fn candidates() -> Vec<PathBuf> {
    let mut dirs = Vec::new();
    if let Ok(output) = Command::new("pg_config").arg("--bindir").stderr(Stdio::null()).output() {
        let dir = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if !dir.is_empty() {
            dirs.push(PathBuf::from(dir));
        }
    }
    let mut packaged: Vec<(u32, PathBuf)> = Vec::new();
    for (parent, prefix) in [("/usr/lib/postgresql", ""), ("/usr", "pgsql-")] {
        let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
        packaged.extend(entries.filter_map(|entry| {
            let major = entry.file_name().to_str()?.strip_prefix(prefix)?.parse().ok()?;
            Some((major, entry.path().join("bin")))
        }));
    }
    packaged.sort_unstable_by(|a, b| b.cmp(a));
    dirs.extend(packaged.into_iter().map(|(_, dir)| dir));
    dirs.extend(std::env::split_paths(std::env::var_os("PATH").as_deref().unwrap_or(OsStr::new(""))));
    let mut seen = std::collections::HashSet::new();
    dirs.retain(|dir| dir.is_absolute() && seen.insert(dir.clone()));
    dirs
}

/// Whether `dir` holds an `initdb` and a `postgres` new enough, and that the user may run; else what is wrong with it.
fn inspect(dir: &Path, user: Option<&RunAs>) -> Result<Binaries, String> {
    for program in ["initdb", "postgres"] {
        if !dir.join(program).is_file() {
            return Err(format!("there is no `{program}` in it"));
        }
    }
    let output = privilege::command(user, "KILL", dir.join("postgres"))
        .arg("--version")
        .output()
        .map_err(|error| format!("`postgres --version` cannot be run ({error})"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let major = major_of(&text).ok_or_else(|| format!("`postgres --version` says {:?}", text.trim()))?;
    if major < OLDEST {
        return Err(format!("it holds PostgreSQL {major}, which is too old"));
    }
    Ok(Binaries { dir: dir.to_owned(), major })
}

/// `postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)`, also `17beta1` and `18devel`.
fn major_of(version: &str) -> Option<u32> {
    let number = version.split_once("(PostgreSQL) ")?.1;
    let digits = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    number[..digits].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major_of;

    #[test]
    fn reads_the_major_version() {
        assert_eq!(major_of("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n"), Some(15));
        assert_eq!(major_of("postgres (PostgreSQL) 19devel"), Some(19));
        assert_eq!(major_of("postgres (EnterpriseDB) 15"), None);
    }
}
