//! `cargo x`: builds, starts, checks and measures Pentaprism. Start with `cargo x up`; `cargo x --help` lists the rest.

use std::process::ExitCode;

use clap::Parser;
use xtask::cli::Command;
use xtask::process::{self, Interrupted};

fn main() -> ExitCode {
    process::interrupt::install();
    match Command::parse().run() {
        Ok(status) => status,
        Err(error) if error.is::<Interrupted>() => {
            eprintln!("\nInterrupted; everything that was started is stopped.");
            ExitCode::from(130)
        }
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}
