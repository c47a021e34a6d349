//! What a program beside us writes, kept for the case that something goes wrong.

use std::io::{BufRead, BufReader, Read};
use std::process::Child;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

#[derive(Debug, Default)]
struct Kept {
    text: String,
    follow: bool,
}

/// The log of one program.
#[derive(Clone, Debug, Default)]
pub struct Log(Arc<Mutex<Kept>>);

impl Log {
    /// Begins to read both streams of a program; the reading ends with the program.
    pub fn of(child: &mut Child) -> Self {
        let log = Self::default();
        if let Some(stream) = child.stdout.take() {
            log.keep(stream);
        }
        if let Some(stream) = child.stderr.take() {
            log.keep(stream);
        }
        log
    }

    pub fn text(&self) -> String {
        self.kept().text.clone()
    }

    /// Shows every line from now on; none is kept any more, since a server may run for days.
    pub fn follow(&self) {
        self.kept().follow = true;
    }

    fn keep(&self, stream: impl Read + Send + 'static) {
        let log = self.clone();
        thread::spawn(move || {
            for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
                log.add(&String::from_utf8_lossy(&line));
            }
        });
    }

    fn add(&self, line: &str) {
        let mut kept = self.kept();
        if kept.follow {
            eprintln!("{line}");
        } else {
            kept.text.push_str(line);
            kept.text.push('\n');
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
