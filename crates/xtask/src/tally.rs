//! How many checks passed and failed, read from what test programs print.

use std::ops::AddAssign;

use anyhow::{Context, Result};
use serde::Deserialize;

/// A count of checks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl std::fmt::Display for Tally {
    /// The last line of every command that tests: `12 passed, 0 failed`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

impl Tally {
    /// One check.
    pub fn of(passed: bool) -> Self {
        Self { passed: passed.into(), failed: (!passed).into() }
    }

    /// Whether there were checks, and all passed: a part that checked nothing proves nothing.
    pub fn is_green(self) -> bool {
        self.failed == 0 && self.passed > 0
    }

    /// The last line `3 passed, 0 failed` of a program of ours.
    pub fn of_line(output: &str) -> Option<Self> {
        output.lines().rev().find_map(|line| {
            let (passed, failed) = line.strip_suffix(" failed")?.split_once(" passed, ")?;
            Some(Self { passed: passed.parse().ok()?, failed: failed.parse().ok()? })
        })
    }

    /// The sum of Rust's `test result: ok. 3 passed; 0 failed; ...` lines.
    pub fn of_libtest(output: &str) -> Self {
        let mut sum = Self::default();
        for line in output.lines().filter(|line| line.starts_with("test result: ")) {
            sum += Self { passed: before(line, " passed;"), failed: before(line, " failed;") };
        }
        sum
    }

    /// The figures of Playwright's JSON report. One that passed at a second try has failed once too often.
    pub fn of_playwright(json: &str) -> Result<Self> {
        #[derive(Deserialize)]
        struct Report {
            stats: Stats,
        }
        #[derive(Deserialize)]
        struct Stats {
            expected: u64,
            unexpected: u64,
            flaky: u64,
        }
        let report: Report = serde_json::from_str(json).context("Playwright's report is in an unknown format")?;
        Ok(Self { passed: report.stats.expected, failed: report.stats.unexpected + report.stats.flaky })
    }

    /// The last line of that form, as our client suites print it.
    pub fn of_last_line(output: &str) -> Option<Self> {
        let line = output.lines().rev().find(|line| line.contains(" passed, ") && line.ends_with(" failed"))?;
        Some(Self { passed: before(line, " passed,"), failed: before(line, " failed") })
    }
}

/// The number that stands before a word.
fn before(line: &str, word: &str) -> u64 {
    let number = line.split(word).next().and_then(|text| text.rsplit(' ').next());
    number.and_then(|number| number.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libtest_lines_are_added_up() {
        let output =
            "test result: ok. 3 passed; 0 failed; 1 ignored\nnoise\ntest result: FAILED. 4 passed; 2 failed; 0 ignored";
        assert_eq!(Tally::of_libtest(output), Tally { passed: 7, failed: 2 });
    }

    #[test]
    fn a_flaky_journey_is_a_failed_one() {
        let json = r#"{"stats":{"expected":5,"unexpected":1,"flaky":1,"skipped":0}}"#;
        assert_eq!(Tally::of_playwright(json).unwrap(), Tally { passed: 5, failed: 2 });
    }

    #[test]
    fn our_own_line_is_read_back() {
        let tally = Tally { passed: 12, failed: 3 };
        assert_eq!(Tally::of_last_line(&format!("1 passed, 9 failed\n{tally}\nbye")), Some(tally));
        assert_eq!(Tally::of_last_line("nothing"), None);
    }

    #[test]
    fn nothing_checked_is_not_green() {
        assert!(!Tally::default().is_green());
        assert!(Tally::of(true).is_green());
    }
}
