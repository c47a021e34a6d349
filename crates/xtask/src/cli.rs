//! The commands and their arguments.

use std::process::ExitCode;

use anyhow::Result;

use crate::ui::Ui;
use crate::workspace::Workspace;
use crate::{arch, bench, build, clients, queries, soak, test, up, web};

/// The commands of the project. `cargo x up` is all that a newcomer needs, `cargo x test` all before a commit.
#[derive(Debug, clap::Parser)]
#[command(name = "cargo x", bin_name = "cargo x", disable_help_subcommand = true)]
pub enum Command {
    /// Install and build what is missing, start the server, print its address
    Up,
    /// Run every check; ends with one line `N passed, N failed`
    #[command(after_help = format!("Stages: {}", test::names()))]
    Test {
        /// Only these stages
        stages: Vec<String>,
    },
    /// Make one release binary with everything inside
    Build,
    /// Make the assets of the console: wasm, script, stylesheet, fonts, icons
    Web,
    /// Check the dependency rules of ARCHITECTURE.md
    Arch,
    /// Write anew what the checked queries need to compile without a database
    Sqlx,
    /// Measure one thing beside its peers
    Bench {
        /// Which benchmark
        #[arg(required_unless_present = "list")]
        name: Option<String>,
        /// Say which there are
        #[arg(long)]
        list: bool,
    },
    /// Prove one thing that takes longer than a minute
    Soak {
        /// Which proof
        #[arg(required_unless_present = "list")]
        name: Option<String>,
        /// Say which there are
        #[arg(long)]
        list: bool,
        /// The form that `cargo x test` runs
        #[arg(long)]
        short: bool,
        /// The same seed makes the same choices
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Run one official npm client against a fresh server
    Clients {
        /// Which suite
        #[arg(required_unless_present = "list")]
        name: Option<String>,
        /// Say which there are
        #[arg(long)]
        list: bool,
    },
}

impl Command {
    /// Does it, and answers with the status to exit with.
    pub fn run(self) -> Result<ExitCode> {
        let (workspace, ui) = (Workspace::find()?, Ui::detect());
        match self {
            Self::Up => up::run(&workspace, &ui),
            Self::Test { stages } if !test::command(&workspace, &ui, &stages)?.is_green() => {
                return Ok(ExitCode::FAILURE);
            }
            Self::Test { .. } => Ok(()),
            Self::Build => build::release(&workspace, &ui),
            Self::Web => web::command(&workspace, &ui),
            Self::Arch => arch::command(&workspace, &ui),
            Self::Sqlx => queries::prepare(&workspace, &ui),
            Self::Bench { name, list } => bench::command(&workspace, &ui, wanted(&name, list)),
            Self::Soak { name, list, short, seed } => {
                soak::command(&workspace, &ui, wanted(&name, list), soak::Options { short, seed })
            }
            Self::Clients { name, list } => clients::command(&workspace, &ui, wanted(&name, list)),
        }?;
        Ok(ExitCode::SUCCESS)
    }
}

/// `--list` wins over a name.
fn wanted(name: &Option<String>, list: bool) -> Option<&str> {
    name.as_deref().filter(|_| !list)
}

#[cfg(test)]
mod tests {
    use super::Command;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Command::command().debug_assert();
    }
}
