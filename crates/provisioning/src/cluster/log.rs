//! Postgres's own log: what it says at the start, and how much of it is kept.

use std::{
    fs::{self, File},
    io::{Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

/// Postgres begins a new file at this size, in megabytes, or after a day.
pub(super) const FILE_MB: u32 = 10;
/// So many files are kept.
const FILES: usize = 8;
/// So many lines are quoted in an error.
const LINES: usize = 8;

/// The folder of the logs.
pub(super) fn dir(data: &Path) -> PathBuf {
    data.join("log")
}

/// The last lines of `text`, joined for an error message.
pub(super) fn last_lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines[lines.len().saturating_sub(LINES)..].join("; ")
}

/// What Postgres last said: in the newest log, or, before it has begun one, on its standard error.
pub(super) fn last_words(start_log: &Path, data: &Path) -> String {
    let newest = files(data).pop().map(|log| tail(&log)).unwrap_or_default();
    let words = if newest.is_empty() { tail(start_log) } else { newest };
    if words.is_empty() { "it said nothing".to_owned() } else { words }
}

fn tail(path: &Path) -> String {
    let mut text = Vec::new();
    if let Ok(mut file) = File::open(path) {
        let end = file.metadata().map_or(0, |found| found.len());
        _ = file.seek(SeekFrom::Start(end.saturating_sub(8192))).and_then(|_| file.read_to_end(&mut text));
    }
    last_lines(&String::from_utf8_lossy(&text))
}

/// Removes all but the newest logs.
pub(super) fn prune(data: &Path) {
    let files = files(data);
    for old in &files[..files.len().saturating_sub(FILES)] {
        _ = fs::remove_file(old);
    }
}

/// The logs, oldest first: their names are times.
fn files(data: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir(data)).into_iter().flatten().flatten();
    let mut files: Vec<_> =
        entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "log")).collect();
    files.sort_unstable();
    files
}
