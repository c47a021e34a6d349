//! `cargo x soak console`: the console and its control plane under kills, outages, floods and curious strangers.

mod again;
mod browser;
mod flood;
mod kills;
mod ledger;
mod moves;
mod person;
mod postgres;
mod replay;
mod revocation;
mod site;
mod smtp;
mod timing;

use anyhow::{Context, Result};
use serde_json::{Map, Value};

use super::{Options, Soak};
use crate::build::{self, Profile};
use crate::cluster::Cluster;
use crate::database::Database;
use crate::registry::Named;
use crate::ui::Ui;
use crate::web;
use crate::workspace::Workspace;
use site::Site;
pub use site::explained;

/// `cargo x soak console`.
pub struct Console;

/// A proof: its name on the line that tells of it, and how it is made.
type Part = (&'static str, fn(&Site<'_>) -> Result<Value>);

const PARTS: [Part; 6] = [
    ("Started again", again::run),
    ("Server killed under mutations", kills::run),
    ("Postgres killed under the server", postgres::run),
    ("Wrong sign-ins at once", flood::run),
    ("Known and unknown addresses", timing::run),
    ("Keys revoked on three nodes", revocation::run),
];

impl Named for Console {
    fn name(&self) -> &'static str {
        "console"
    }

    fn about(&self) -> &'static str {
        "a second start, kills, outages, a flood of sign-ins, what strangers can learn, and how fast a revoked key dies"
    }
}

impl Soak for Console {
    fn run(&self, workspace: &Workspace, ui: &Ui, options: Options) -> Result<Value> {
        let profile = if options.short { Profile::Debug } else { Profile::Release };
        web::make(workspace, ui)?;
        let binary = build::server(workspace, ui, profile)?;
        let step = ui.step("Throwaway Postgres");
        let cluster = Cluster::start(workspace, &step)?;
        step.done();
        let site = Site {
            workspace,
            binary,
            cluster: Database(cluster.url().to_owned()),
            short: options.short,
            seed: options.seed,
        };
        let mut figures = Map::from_iter([("soak".to_owned(), Value::from("console"))]);
        for (name, part) in PARTS {
            let step = ui.step(name);
            let seen = part(&site).with_context(|| format!("{name} (seed {})", options.seed))?;
            step.done_with(&seen.to_string());
            figures.extend(seen.as_object().cloned().unwrap_or_default());
        }
        Ok(figures.into())
    }
}
