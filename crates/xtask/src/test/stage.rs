//! One part of the test run.

use anyhow::Result;

use super::context::Context;
use crate::process::Finished;
use crate::tally::Tally;
use crate::ui::Step;

/// A part with a name to ask for it.
#[derive(Clone, Copy)]
pub struct Stage {
    pub name: &'static str,
    pub about: &'static str,
    pub run: fn(&mut Context, &Step) -> Result<Outcome>,
}

/// What a part found.
#[derive(Debug)]
pub struct Outcome {
    /// Nothing when there is no such thing to check yet.
    pub tally: Option<Tally>,
    /// All of what was printed, shown when something failed; or why there is nothing to check.
    pub output: String,
}

impl Outcome {
    /// A part that could not run: one failure.
    pub fn failed(output: String) -> Self {
        Self { tally: Some(Tally::of(false)), output }
    }

    /// A part whose subject does not exist yet.
    pub fn nothing_yet(why: &str) -> Self {
        Self { tally: None, output: why.to_owned() }
    }

    /// One check: whether a program succeeded.
    pub fn of_program(finished: Finished) -> Self {
        Self { tally: Some(Tally::of(finished.status.success())), output: finished.output }
    }

    /// This part's checks and then another's.
    pub fn and(mut self, other: Self) -> Self {
        let mut sum = self.tally.unwrap_or_default();
        // What passed has nothing to tell.
        if sum.failed == 0 {
            self.output.clear();
        }
        let theirs = other.tally.unwrap_or_default();
        sum += theirs;
        if theirs.failed > 0 {
            self.output.push_str(&other.output);
        }
        Self { tally: Some(sum), output: self.output }
    }
}
