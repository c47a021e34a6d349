//! Postgres's own log: what it says at the start, and how much of it is kept.

use std::{
    fs::{self, File},
    io::{Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
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
///
/// Without those that quote a statement or its values: they may be private, and never say why a server has ended.
pub(super) fn last_lines(text: &str) -> String {
    let private =
        |line: &str| line.starts_with('\t') || ["STATEMENT:  ", "ERROR:  "].iter().any(|kind| line.contains(kind));
    let lines: Vec<_> = text.lines().filter(|line| !private(line) && !line.trim().is_empty()).map(str::trim).collect();
    lines[lines.len().saturating_sub(LINES)..].join("; ")
}

/// How far the logs went when a run began, so that an error quotes that run alone.
#[derive(Debug)]
pub(super) struct Mark {
    newest: Option<PathBuf>,
    length: u64,
}

impl Mark {
    /// Where the logs end now.
    pub fn now(data: &Path) -> Self {
        let newest = files(data).pop();
        let length = newest.as_ref().and_then(|log| log.metadata().ok()).map_or(0, |found| found.len());
        Self { newest, length }
    }

    /// The last lines since then: of the log, or, where it has not begun, of Postgres's standard error.
    pub fn last_words(&self, start_log: &Path, data: &Path) -> String {
        let mut text = String::new();
        for log in files(data).into_iter().filter(|log| Some(log) >= self.newest.as_ref()) {
            let skip = if Some(&log) == self.newest.as_ref() { self.length } else { 0 };
            text.push_str(&tail(&log, skip));
        }
        if text.is_empty() {
            text = tail(start_log, 0);
        }
        match last_lines(&text) {
            words if words.is_empty() => "it said nothing".to_owned(),
            words => words,
        }
    }

    /// The same of a start that has failed: the process that writes the log may be a moment behind.
    pub fn last_words_of_a_start(&self, start_log: &Path, data: &Path) -> String {
        let deadline = Instant::now() + Duration::from_millis(500);
        loop {
            let words = self.last_words(start_log, data);
            if words.contains("FATAL") || words.contains("PANIC") || Instant::now() > deadline {
                return words;
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}

/// The end of a file after `skip` bytes; at most 8 KiB, far more than an error quotes.
fn tail(path: &Path, skip: u64) -> String {
    let mut text = Vec::new();
    if let Ok(mut file) = File::open(path) {
        let end = file.metadata().map_or(0, |found| found.len());
        let begin = end.saturating_sub(8192).max(skip);
        _ = file.seek(SeekFrom::Start(begin)).and_then(|_| file.read_to_end(&mut text));
    }
    String::from_utf8_lossy(&text).into_owned()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_the_end_and_no_statement() {
        let text = "a\n\nERROR:  no such user ann@example.com\nSTATEMENT:  SELECT\n\t'secret'\n  FATAL:  disk full\n";
        assert_eq!(last_lines(text), "a; FATAL:  disk full");
        assert_eq!(last_lines(&"line\n".repeat(20)).matches("line").count(), LINES);
    }

    #[test]
    fn a_mark_leaves_out_earlier_runs_and_pruning_keeps_the_newest() {
        let data = std::env::temp_dir().join(format!("pentaprism-log-{}", std::process::id()));
        let log = |name: u32| dir(&data).join(format!("{name:02}.log"));
        fs::create_dir_all(dir(&data)).unwrap();
        for name in 1..=12 {
            fs::write(log(name), "before\n").unwrap();
        }
        let mark = Mark::now(&data);
        assert_eq!(mark.last_words(Path::new("/nonexistent"), &data), "it said nothing");
        fs::write(log(12), "before\nsame file\n").unwrap();
        fs::write(log(13), "next file\n").unwrap();
        assert_eq!(mark.last_words(Path::new("/nonexistent"), &data), "same file; next file");
        prune(&data);
        assert_eq!(files(&data), (6..=13).map(log).collect::<Vec<_>>());
        fs::remove_dir_all(data).unwrap();
    }
}
