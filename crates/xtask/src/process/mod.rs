//! Other programs: short ones that are run to their end, long ones that are stopped again, and Ctrl-C.
//!
//! Every program gets a process group of its own, so that it can be stopped with all it has started in turn, and so
//! that Ctrl-C in a terminal reaches it once, through us.

mod capture;
mod group;
pub mod interrupt;
mod job;
mod log;

pub use capture::{Finished, capture, run};
pub use interrupt::Interrupted;
pub use job::Job;
pub use log::Log;

use std::ffi::OsStr;
use std::process::Command;

/// A command as one would type it, for messages.
pub fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(quoted).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@+".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.into_owned() } else { format!("'{word}'") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_it_would_be_typed() {
        let mut command = Command::new("psql");
        command.args(["-c", "select 1", "--quiet"]);
        assert_eq!(shown(&command), "psql -c 'select 1' --quiet");
    }
}
