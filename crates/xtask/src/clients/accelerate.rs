//! Prisma Client through Accelerate: what it answers is compared with what it answers over the driver itself.

use anyhow::{Context, Result};

use super::Suite;
use crate::build::{self, Profile};
use crate::cluster::Cluster;
use crate::database::Database;
use crate::registry::Named;
use crate::seeded::Seeded;
use crate::tally::Tally;
use crate::tools::node;
use crate::ui::Ui;
use crate::web;
use crate::workspace::Workspace;
use crate::{files, process};

/// The cases and the tables; each version of the client has a folder beside them.
const SHARED: &str = "end2end/clients/accelerate";

/// One version of the client.
#[derive(Debug)]
pub struct Accelerate {
    pub name: &'static str,
    pub about: &'static str,
}

impl Named for Accelerate {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }
}

impl Suite for Accelerate {
    fn run(&self, workspace: &Workspace, ui: &Ui) -> Result<Tally> {
        let folder = format!("end2end/clients/{}", self.name);
        node::install(workspace, ui, &folder)?;
        web::make(workspace, ui)?;
        let binary = build::server(workspace, ui, Profile::Debug)?;
        let step = ui.step("Prisma Client");
        // The schema is of all versions but for its head.
        let head = files::read_text(&workspace.path(&folder).join("generator.prisma"))?;
        let models = files::read_text(&workspace.path(SHARED).join("models.prisma"))?;
        files::write(&workspace.path(&folder).join("schema.prisma"), format!("{head}\n{models}").as_bytes())?;
        let mut generate = node::node(workspace, &folder);
        generate.args(["node_modules/prisma/build/index.js", "generate"]);
        // Nothing that it would download is needed to generate a client, but it looks whether it is there.
        generate.env("PRISMA_SCHEMA_ENGINE_BINARY", "/bin/true").env("PRISMA_QUERY_ENGINE_LIBRARY", "/bin/true");
        generate.env("CHECKPOINT_DISABLE", "1");
        process::run(generate, |line| step.line(line))?;
        step.done();

        let step = ui.step("Throwaway Postgres");
        let held = Cluster::start(workspace, &step)?;
        let cluster = Database(held.url().to_owned());
        let [direct, behind] = [cluster.create("direct")?, cluster.create("behind")?];
        for database in [&direct, &behind] {
            database.run_file(&workspace.path(SHARED).join("schema.sql"))?;
        }
        step.done();

        let mut seeded = Seeded::start(workspace, binary, &cluster, &behind, &[])?;
        let step = ui.step(self.about);
        let mut compare = node::node(workspace, &folder);
        compare.arg(workspace.path(SHARED).join("compare.mjs"));
        compare.env("ACCELERATE_URL", seeded.accelerate_url()?).env("DIRECT_DATABASE_URL", &direct.0);
        let finished = process::capture(compare, |line| step.line(line))?;
        seeded.server.stop()?;
        let mut tally = Tally::of_line(&finished.output).with_context(|| finished.output.clone())?;
        if !finished.status.success() && tally.failed == 0 {
            tally.failed = 1;
        }
        if tally.is_green() {
            step.done_with(&tally.to_string());
        } else {
            step.failed(&tally.to_string());
            println!("\n{}\n\nThe server's log:\n\n{}", finished.output.trim_end(), seeded.server.log());
        }
        Ok(tally)
    }
}
