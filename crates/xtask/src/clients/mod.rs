//! `cargo x clients NAME`: the official npm clients, unmodified, against a freshly started server.
//!
//! A suite ends with the line `N passed, N failed`.

mod accelerate;
mod pulse;

use anyhow::{Result, bail};

use accelerate::Accelerate;
use pulse::Pulse;

use crate::registry::{self, Named};
use crate::tally::Tally;
use crate::tools::node;
use crate::ui::Ui;
use crate::workspace::Workspace;
use crate::{files, process};

/// One suite; each is a file beside this one and a line in [`ALL`].
pub trait Suite: Named {
    /// Starts what it needs, runs every check, and counts.
    fn run(&self, workspace: &Workspace, ui: &Ui) -> Result<Tally>;
}

/// All there are.
pub const ALL: &[&dyn Suite] = &[
    &Accelerate { name: "accelerate-v7", about: "Prisma Client 7 through Accelerate, beside the driver itself" },
    &Accelerate { name: "accelerate-v6", about: "Prisma Client 6 without an engine, beside the driver itself" },
    &Pulse { name: "pulse-v7", about: "The Pulse extension with Prisma Client 7" },
    &Pulse { name: "pulse-v6", about: "The Pulse extension with Prisma Client 6" },
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

/// Makes the client of a folder, by the models that its versions share.
fn generate(workspace: &Workspace, ui: &Ui, folder: &str, shared: &str) -> Result<()> {
    let step = ui.step("Prisma Client");
    // The schema is of all versions but for its head.
    let head = files::read_text(&workspace.path(folder).join("generator.prisma"))?;
    let models = files::read_text(&workspace.path(shared).join("models.prisma"))?;
    files::write(&workspace.path(folder).join("schema.prisma"), format!("{head}\n{models}").as_bytes())?;
    let mut generate = node::node(workspace, folder);
    generate.args(["node_modules/prisma/build/index.js", "generate"]);
    // Nothing that it would download is needed to generate a client, but it looks whether it is there.
    generate.env("PRISMA_SCHEMA_ENGINE_BINARY", "/bin/true").env("PRISMA_QUERY_ENGINE_LIBRARY", "/bin/true");
    generate.env("CHECKPOINT_DISABLE", "1");
    process::run(generate, |line| step.line(line))?;
    step.done();
    Ok(())
}
