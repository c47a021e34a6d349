//! The first start: `initdb` into a folder of its own, which then takes its place by a rename.
//!
//! A process that dies half-way leaves a folder that nothing reads, and the next start removes it.

use std::{fs, path::Path, process::Stdio};

use rand::{TryRng, rngs::SysRng};

use super::{error::ClusterError, files, find::Binaries, log, parts::SUPERUSER, password, place::Place, privilege};

const UNFINISHED: &str = "data.new-";

/// Initialises the cluster unless that has been done. The caller holds the lock.
pub(super) fn ensure(place: &Place, binaries: &Binaries, durable: bool) -> Result<(), ClusterError> {
    remove_unfinished(&place.home);
    if place.data.exists() {
        return Ok(());
    }
    password::create(place)?;
    // A name of its own each time: programs of an interrupted attempt may still be writing to theirs.
    let mut suffix = [0; 4];
    SysRng
        .try_fill_bytes(&mut suffix)
        .map_err(|error| ClusterError::io("make", &place.data)(std::io::Error::other(error)))?;
    let new = place.home.join(format!("{UNFINISHED}{:08x}", u32::from_ne_bytes(suffix)));
    files::ensure_dir(&new, 0o700, place.owner())?;
    let made = run(place, binaries, &new, durable);
    if let Err(error) = made {
        remove_unfinished(&place.home);
        return Err(error);
    }
    fs::rename(&new, &place.data).map_err(ClusterError::io("rename", &new))?;
    files::sync_dir(&place.home)
}

fn run(place: &Place, binaries: &Binaries, new: &Path, durable: bool) -> Result<(), ClusterError> {
    let mut output = String::new();
    for locale in locales(binaries.major) {
        let mut initdb = privilege::command(place.user.as_ref(), "TERM", binaries.initdb());
        initdb.arg("--pgdata").arg(new).arg("--pwfile").arg(password::path(place));
        initdb.args(["--username", SUPERUSER, "--auth=scram-sha-256", "--encoding=UTF8", "--data-checksums"]);
        initdb.args(*locale);
        if !durable {
            initdb.arg("--no-sync");
        }
        let done =
            initdb.stdout(Stdio::null()).output().map_err(|error| ClusterError::NoLauncher(error.to_string()))?;
        if done.status.success() {
            return Ok(());
        }
        output = log::last_lines(&String::from_utf8_lossy(&done.stderr));
        if output.is_empty() {
            output = format!("it said nothing and ended with {}", done.status);
        }
        if !output.contains("locale") {
            break;
        }
    }
    Err(ClusterError::Init { data: place.data.clone(), output })
}

/// What to try, best first: the same order of text on every machine, which only the builtin provider promises.
fn locales(major: u32) -> &'static [&'static [&'static str]] {
    const LIBC: &[&str] = &["--locale-provider=libc", "--locale=C.UTF-8"];
    const PLAIN: &[&str] = &["--locale-provider=libc", "--locale=C"];
    const BUILTIN: &[&str] = &["--locale-provider=builtin", "--locale=C.UTF-8"];
    const BUILTIN_PLAIN: &[&str] = &["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"];
    if major >= 17 { &[BUILTIN, BUILTIN_PLAIN, PLAIN] } else { &[LIBC, PLAIN] }
}

/// What is left is in nobody's way, so failing to remove it is no reason not to start.
fn remove_unfinished(home: &Path) {
    for entry in fs::read_dir(home).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            _ = fs::remove_dir_all(entry.path());
        }
    }
}
