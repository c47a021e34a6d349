//! `cargo x`: builds, starts, checks and measures Pentaprism. Start with `cargo x up`; `cargo x --help` lists the rest.

mod cli;
mod files;
mod fingerprint;
mod process;
mod tools;
mod ui;
mod web;
mod workspace;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    process::interrupt::install();
    match cli::Command::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<process::Interrupted>() => {
            eprintln!("\nInterrupted; everything that was started is stopped.");
            ExitCode::from(130)
        }
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}
