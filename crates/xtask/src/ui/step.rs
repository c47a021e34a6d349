//! One step of a command: begun, fed with the lines of the program it runs, and ended in one of three ways.

use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::duration;

const TICK: Duration = Duration::from_millis(100);
const NAME_WIDTH: usize = 44;

/// Where steps are shown: standard error, so that results on standard output stay clean.
#[derive(Clone, Debug)]
pub struct Ui {
    /// Steps may run inside steps; together they redraw themselves without getting in each other's way.
    bars: MultiProgress,
    terminal: bool,
}

impl Ui {
    /// Looks whether somebody is watching.
    pub fn detect() -> Self {
        Self { bars: MultiProgress::new(), terminal: stderr().is_terminal() }
    }

    /// Begins a step. Its name says what is there when it is done: "Islands bundle", "Server".
    pub fn step(&self, name: &str) -> Step {
        let bar = if self.terminal {
            self.spinner(name)
        } else {
            // In a log it has to be seen what a run hangs in.
            eprintln!("  {name}");
            ProgressBar::hidden()
        };
        Step { ui: self.clone(), bar, name: name.to_owned(), begun: Instant::now(), over: false }
    }

    fn spinner(&self, name: &str) -> ProgressBar {
        let bar = self.bars.add(ProgressBar::no_length());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix:44} {elapsed:>6}  {wide_msg:.dim}") {
            bar.set_style(style);
        }
        bar.set_prefix(name.to_owned());
        bar.enable_steady_tick(TICK);
        bar
    }
}

/// A step that is under way; when it is dropped without an end, it has failed.
#[derive(Debug)]
pub struct Step {
    ui: Ui,
    bar: ProgressBar,
    name: String,
    begun: Instant,
    over: bool,
}

impl Step {
    /// Shows what the step is busy with.
    pub fn line(&self, line: &str) {
        if self.ui.terminal {
            self.bar.set_message(line.trim().to_owned());
        }
    }

    /// It did its work.
    pub fn done(self) {
        let time = duration(self.begun.elapsed());
        self.end("✓", &time);
    }

    /// It did its work, and here is its result.
    pub fn done_with(self, result: &str) {
        let text = format!("{:<9} {result}", duration(self.begun.elapsed()));
        self.end("✓", &text);
    }

    /// There was nothing to do.
    pub fn fresh(self) {
        self.end("✓", "unchanged");
    }

    /// It found something wrong, and here is how much.
    pub fn failed(self, result: &str) {
        let text = format!("{:<9} {result}", duration(self.begun.elapsed()));
        self.end("✗", &text);
    }

    fn end(mut self, mark: &str, text: &str) {
        self.over = true;
        self.print(mark, text);
    }

    fn print(&self, mark: &str, text: &str) {
        self.bar.finish_and_clear();
        self.ui.bars.suspend(|| eprintln!("{mark} {:<NAME_WIDTH$} {text}", self.name));
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        if !self.over {
            self.print("✗", &duration(self.begun.elapsed()));
        }
    }
}
