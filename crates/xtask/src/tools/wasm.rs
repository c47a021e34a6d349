//! A compiler for `wasm32-unknown-unknown`: rustup's, or else the one of a Debian distribution.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{apt, on_path};
use crate::process;
use crate::ui::Ui;
use crate::workspace::Workspace;

/// The target of the islands.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// What Debian's security suite ships for building browsers: a recent compiler and the library's source.
const PACKAGES: [&str; 6] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm", "rust-web-clippy", "lld-22"];
const DISTRIBUTION_CARGO: &str = "/usr/bin/cargo";
const DISTRIBUTION_RUSTC: &str = "/usr/bin/rustc";
const DISTRIBUTION_SOURCE: &str = "/usr/lib/rustlib/src/rust/library";

/// Who compiles the islands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compiler {
    /// The toolchain that compiles the server as well, with the target's standard library installed.
    Own,
    /// A distribution's compiler, which builds the standard library from source.
    Distribution,
}

impl Compiler {
    /// Finds one, or installs one. `PENTAPRISM_WASM=distribution` asks for the second way.
    pub fn find(workspace: &Workspace, ui: &Ui) -> Result<Self> {
        let wanted = std::env::var("PENTAPRISM_WASM").unwrap_or_default();
        match wanted.as_str() {
            "" if target_is_installed(workspace)? => Ok(Self::Own),
            "" | "distribution" if distribution_is_installed() => Ok(Self::Distribution),
            "" => Self::install(workspace, ui),
            "distribution" => Self::install_distribution(ui),
            other => bail!("PENTAPRISM_WASM={other} is unknown; leave it out, or set it to `distribution`."),
        }
    }

    fn install(workspace: &Workspace, ui: &Ui) -> Result<Self> {
        if on_path("rustup").is_some() {
            let step = ui.step("Rust for the browser");
            let mut command = Command::new("rustup");
            command.args(["target", "add", TARGET]).current_dir(workspace.root());
            if process::capture(command, |line| step.line(line))?.status.success() {
                step.done();
                return Ok(Self::Own);
            }
            step.done_with("rustup could not add the target; trying the distribution's compiler");
        }
        Self::install_distribution(ui)
    }

    fn install_distribution(ui: &Ui) -> Result<Self> {
        let step = ui.step("Rust for the browser (distribution's)");
        apt::install(
            &PACKAGES,
            &format!("A Rust compiler for {TARGET} (`rustup target add {TARGET}`, or else these packages)"),
            &step,
        )?;
        if !distribution_is_installed() {
            bail!("the packages {} are installed, but {DISTRIBUTION_CARGO} is not there.", PACKAGES.join(" "));
        }
        step.done();
        Ok(Self::Distribution)
    }

    /// Cargo for the wasm target, up to and including the target.
    pub fn cargo(self, workspace: &Workspace, subcommand: &str) -> Command {
        let mut command = match self {
            Self::Own => workspace.cargo(subcommand),
            Self::Distribution => distribution_cargo(workspace, subcommand),
        };
        command.args(["--target", TARGET, "--target-dir"]).arg(self.target_dir(workspace));
        command
    }

    /// Where its results lie: two compilers do not share a folder.
    pub fn target_dir(self, workspace: &Workspace) -> PathBuf {
        match self {
            Self::Own => workspace.target().to_owned(),
            Self::Distribution => workspace.scratch().join("distribution"),
        }
    }

    /// What tells one compiler from another, for fingerprints.
    pub fn identity(self, workspace: &Workspace) -> Result<String> {
        let command = match self {
            Self::Own => rustc(workspace, &["-vV"]),
            Self::Distribution => {
                let mut command = Command::new(DISTRIBUTION_RUSTC);
                command.arg("-vV");
                command
            }
        };
        process::run(command, |_| ())
    }
}

/// The distribution's cargo and compiler, which must find each other before any of rustup's.
fn distribution_cargo(workspace: &Workspace, subcommand: &str) -> Command {
    let mut command = workspace.command(DISTRIBUTION_CARGO);
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("/usr/bin:{path}")).env("RUSTC", DISTRIBUTION_RUSTC).env("RUSTC_BOOTSTRAP", "1");
    // Left by `cargo run` and by rustup's proxies; both would lead back to the other compiler.
    for name in ["CARGO", "RUSTUP_TOOLCHAIN", "LD_LIBRARY_PATH"] {
        command.env_remove(name);
    }
    command.args([subcommand, "-Zbuild-std=std,panic_abort"]);
    command
}

fn distribution_is_installed() -> bool {
    Path::new(DISTRIBUTION_CARGO).is_file() && Path::new(DISTRIBUTION_SOURCE).exists()
}

fn target_is_installed(workspace: &Workspace) -> Result<bool> {
    let sysroot = process::run(rustc(workspace, &["--print", "sysroot"]), |_| ()).context("is Rust installed?")?;
    Ok(Path::new(sysroot.trim()).join("lib/rustlib").join(TARGET).join("lib").is_dir())
}

fn rustc(workspace: &Workspace, args: &[&str]) -> Command {
    let mut command = workspace.command(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    command.args(args);
    command
}
