//! `cargo x clients NAME`: the official npm clients, unmodified, against a freshly started server.
//!
//! A suite ends with the line `N passed, N failed`.

mod accelerate;

use anyhow::{Result, bail};

use accelerate::Accelerate;

use crate::registry::{self, Named};
use crate::tally::Tally;
use crate::ui::Ui;
use crate::workspace::Workspace;

/// One suite; each is a file beside this one and a line in [`ALL`].
pub trait Suite: Named {
    /// Starts what it needs, runs every check, and counts.
    fn run(&self, workspace: &Workspace, ui: &Ui) -> Result<Tally>;
}

/// All there are.
pub const ALL: &[&dyn Suite] = &[
    &Accelerate { name: "accelerate-v7", about: "Prisma Client 7 through Accelerate, beside the driver itself" },
    &Accelerate { name: "accelerate-v6", about: "Prisma Client 6 without an engine, beside the driver itself" },
];

const KIND: &str = "client suite";

/// The command itself; without a name it lists what there is.
pub fn command(workspace: &Workspace, ui: &Ui, name: Option<&str>) -> Result<()> {
    let Some(name) = name else {
        print!("{}", registry::list(KIND, ALL));
        return Ok(());
    };
    let tally = registry::find(KIND, ALL, name)?.run(workspace, ui)?;
    println!("{tally}");
    if !tally.is_green() {
        bail!("the client suite `{name}` is red");
    }
    Ok(())
}
