//! Programs that are run to their end, with their output kept for the case that they fail.

use std::io::{BufRead, BufReader, PipeReader, pipe};
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};

use super::group::{self, AtCtrlC};
use super::{interrupt, shown};

/// A program that has ended: how, and all it wrote to standard output and standard error, in order.
#[derive(Debug)]
pub struct Finished {
    pub status: ExitStatus,
    pub output: String,
}

/// Runs a program to its end, hands each line to `on_line` as it comes, and keeps them all.
pub fn capture(mut command: Command, mut on_line: impl FnMut(&str)) -> Result<Finished> {
    interrupt::check()?;
    let name = shown(&command);
    let (reader, writer) = pipe()?;
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let mut child = group::spawn(&mut command, AtCtrlC::Told).with_context(|| format!("could not start `{name}`"))?;
    // The command still holds the writing ends; the reader would never see the end of the file.
    drop(command);
    let output = collect(reader, &mut on_line);
    let status = child.wait();
    group::forget(child.id());
    interrupt::check()?;
    Ok(Finished { status: status?, output: output? })
}

/// Runs a program that must succeed; when it does not, the error carries all it wrote.
pub fn run(command: Command, on_line: impl FnMut(&str)) -> Result<String> {
    let name = shown(&command);
    let Finished { status, output } = capture(command, on_line)?;
    if !status.success() {
        bail!("`{name}` failed ({status})\n\n{}", output.trim_end());
    }
    Ok(output)
}

fn collect(reader: PipeReader, on_line: &mut dyn FnMut(&str)) -> Result<String> {
    let mut reader = BufReader::new(reader);
    let (mut output, mut line) = (String::new(), Vec::new());
    // Lines need not be UTF-8: a test may print anything.
    while reader.read_until(b'\n', &mut line)? > 0 {
        let text = String::from_utf8_lossy(&line);
        on_line(text.trim_end());
        output.push_str(&text);
        line.clear();
    }
    Ok(output)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn both_streams_arrive_in_order_and_line_by_line() {
        let mut lines = Vec::new();
        let finished = capture(sh("echo one; echo two >&2; echo three"), |line| lines.push(line.to_owned())).unwrap();
        assert!(finished.status.success());
        assert_eq!(finished.output, "one\ntwo\nthree\n");
        assert_eq!(lines, ["one", "two", "three"]);
    }

    #[test]
    fn a_failure_carries_the_output() {
        let error = run(sh("echo why; exit 3"), |_| ()).unwrap_err().to_string();
        assert!(error.contains("why") && error.contains("exit status: 3"), "{error}");
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = run(Command::new("no-such-program-here"), |_| ()).unwrap_err();
        assert!(format!("{error:#}").contains("no-such-program-here"));
    }
}
