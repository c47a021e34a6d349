//! Programs that are run to their end, with their output kept for the case that they fail.

use std::io::{BufRead, BufReader, PipeReader, pipe};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::group::{self, AtCtrlC};
use super::{interrupt, shown};

/// How long nothing may come from a program that has ended before nothing more is expected.
const QUIET: Duration = Duration::from_millis(200);

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
    let output = follow(&mut child, &lines(reader), &mut on_line);
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

/// Collects lines until the last writer is gone, or the program is and no more come: what it leaves running, as the
/// installation of a service does, may hold the pipe for ever.
fn follow(child: &mut Child, lines: &Receiver<Vec<u8>>, on_line: &mut dyn FnMut(&str)) -> Result<String> {
    let (mut output, mut ended) = (String::new(), false);
    loop {
        match lines.recv_timeout(QUIET) {
            // Lines need not be UTF-8: a test may print anything.
            Ok(line) => {
                let text = String::from_utf8_lossy(&line);
                on_line(text.trim_end());
                output.push_str(&text);
            }
            Err(RecvTimeoutError::Disconnected) => return Ok(output),
            Err(RecvTimeoutError::Timeout) if ended => return Ok(output),
            Err(RecvTimeoutError::Timeout) => ended = child.try_wait()?.is_some(),
        }
    }
}

/// Reads lines, with their ends, in a thread of its own.
fn lines(reader: PipeReader) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut reader = BufReader::new(reader);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            if sender.send(std::mem::take(&mut line)).is_err() {
                return;
            }
        }
    });
    receiver
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
    fn what_a_program_leaves_running_is_not_waited_for() {
        let begun = std::time::Instant::now();
        assert_eq!(capture(sh("sleep 5 & echo done"), |_| ()).unwrap().output, "done\n");
        assert!(begun.elapsed() < Duration::from_secs(4));
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
