//! `@prisma/extension-pulse`: the instructions of the console are done with the code that it shows; then what the extension hears is held against what Prisma Client itself finds, across the death of the server and of Postgres.

use anyhow::{Context, Result};
use serde_json::Value;

use super::{Suite, generate};
use crate::build::{self, Profile};
use crate::cluster::Cluster;
use crate::database::Database;
use crate::process;
use crate::registry::Named;
use crate::seeded::Seeded;
use crate::tally::Tally;
use crate::tools::node;
use crate::ui::Ui;
use crate::web;
use crate::workspace::Workspace;

/// The script and the tables; each version of the client has a folder beside them.
const SHARED: &str = "end2end/clients/pulse";
/// The line by which the script asks for it.
const KILL: &str = "kill the server";

/// The script has a subscriber for each of its filters.
const MANY: [(&str, &str); 1] = [("PENTAPRISM__PULSE__SUBSCRIBE_CONNECTIONS", "200")];

/// One version of the client.
#[derive(Debug)]
pub struct Pulse {
    pub name: &'static str,
    pub about: &'static str,
}

impl Named for Pulse {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }
}

impl Suite for Pulse {
    fn run(&self, workspace: &Workspace, ui: &Ui) -> Result<Tally> {
        let folder = format!("end2end/clients/{}", self.name);
        node::install(workspace, ui, &folder)?;
        web::make(workspace, ui)?;
        let binary = build::server(workspace, ui, Profile::Debug)?;
        generate(workspace, ui, &folder, SHARED)?;

        let step = ui.step("Throwaway Postgres");
        let held = Cluster::restarting(workspace, &step)?;
        let cluster = Database(held.url().to_owned());
        let shop = cluster.create("shop")?;
        shop.run_file(&workspace.path(SHARED).join("schema.sql"))?;
        step.done();

        let mut seeded = Seeded::streaming(workspace, binary, &cluster, &shop, &MANY)?;
        let step = ui.step(self.about);
        let mut instructions = node::node(workspace, &folder);
        instructions.arg(workspace.path(SHARED).join("instructions.mjs"));
        instructions.env("CONSOLE", seeded.server.console()).env("API_KEY", seeded.api_key()?);
        instructions.env("DIRECT_DATABASE_URL", &shop.0);
        for (name, at) in [("EMAIL", "/email"), ("PASSWORD", "/password"), ("RESOURCE", "/resources/0/id")] {
            let value = seeded.report.pointer(at).and_then(Value::as_str);
            instructions.env(name, value.with_context(|| format!("the seed tells {at}"))?);
        }
        let instructed = process::capture(instructions, |line| step.line(line))?;
        let mut script = node::node(workspace, &folder);
        script.arg(workspace.path(SHARED).join("changes.mjs"));
        script.env("DIRECT_DATABASE_URL", &shop.0).env("API_KEY", seeded.api_key()?);
        let other = seeded.report["resources"][1]["apiKey"].as_str().context("the seed makes several keys")?;
        script.env("OTHER_API_KEY", other).env("ENDPOINT", seeded.pulse_url()?);
        let mut restarted = Ok(());
        let finished = process::capture(script, |line| {
            step.line(line);
            if line == KILL {
                restarted = seeded.restart(workspace);
            }
        })?;
        restarted?;
        let (mut tally, mut output) = (Tally::default(), String::new());
        for finished in [instructed, finished] {
            let mut own = Tally::of_line(&finished.output).with_context(|| finished.output.clone())?;
            if !finished.status.success() && own.failed == 0 {
                own.failed = 1;
            }
            tally += own;
            output.push_str(&finished.output);
        }
        seeded.server.stop()?;
        if tally.is_green() {
            step.done_with(&tally.to_string());
        } else {
            step.failed(&tally.to_string());
            println!("\n{}\n\nThe server's log:\n\n{}", output.trim_end(), seeded.server.log());
        }
        Ok(tally)
    }
}
