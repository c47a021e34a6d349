//! The commands and their arguments.

use anyhow::Result;

use crate::ui::Ui;
use crate::web;
use crate::workspace::Workspace;

/// The commands of the project. `cargo x up` is all that a newcomer needs, `cargo x test` all before a commit.
#[derive(Debug, clap::Parser)]
#[command(name = "cargo x", bin_name = "cargo x", disable_help_subcommand = true)]
pub enum Command {
    /// Make the assets of the console: wasm, script, stylesheet, fonts, icons
    Web,
}

impl Command {
    pub fn run(self) -> Result<()> {
        let (workspace, ui) = (Workspace::find()?, Ui::new());
        match self {
            Self::Web => web::command(&workspace, &ui),
        }
    }
}
