//! The commands and their arguments.

use anyhow::Result;

use crate::ui::Ui;
use crate::workspace::Workspace;
use crate::{arch, build, up, web};

/// The commands of the project. `cargo x up` is all that a newcomer needs, `cargo x test` all before a commit.
#[derive(Debug, clap::Parser)]
#[command(name = "cargo x", bin_name = "cargo x", disable_help_subcommand = true)]
pub enum Command {
    /// Install and build what is missing, start the server, print its address
    Up,
    /// Make one release binary with everything inside
    Build,
    /// Check the dependency rules of ARCHITECTURE.md
    Arch,
    /// Make the assets of the console: wasm, script, stylesheet, fonts, icons
    Web,
}

impl Command {
    pub fn run(self) -> Result<()> {
        let (workspace, ui) = (Workspace::find()?, Ui::detect());
        match self {
            Self::Up => up::run(&workspace, &ui),
            Self::Build => build::release(&workspace, &ui),
            Self::Arch => arch::command(&workspace, &ui),
            Self::Web => web::command(&workspace, &ui),
        }
    }
}
