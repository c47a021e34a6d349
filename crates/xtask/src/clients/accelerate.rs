//! Prisma Client through Accelerate: what it answers is compared with what it answers over the driver itself.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

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
        super::generate(workspace, ui, &folder, SHARED)?;

        let mut tally = Tally::default();
        for form in [Form::Plain, Form::Tls] {
            tally += self.compare(workspace, ui, &folder, binary.clone(), form)?;
        }
        Ok(tally)
    }
}

/// The two forms of the connection string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// `prisma+postgres://localhost:PORT`
    Plain,
    /// `prisma://localhost:PORT`, by a certificate that `pentaprism cert` makes.
    Tls,
}

impl Accelerate {
    /// Every case on new databases, by one form of the connection string.
    fn compare(&self, workspace: &Workspace, ui: &Ui, folder: &str, binary: PathBuf, form: Form) -> Result<Tally> {
        let step = ui.step("Throwaway Postgres");
        let held = Cluster::start(workspace, &step)?;
        let cluster = Database(held.url().to_owned());
        let [direct, behind] = [cluster.create("direct")?, cluster.create("behind")?];
        for database in [&direct, &behind] {
            database.run_file(&workspace.path(SHARED).join("schema.sql"))?;
        }
        step.done();

        let certificate = (form == Form::Tls).then(|| Certificate::make(workspace, &binary)).transpose()?;
        let env = certificate.as_ref().map(Certificate::env).unwrap_or_default();
        let env: Vec<_> = env.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut seeded = Seeded::start(workspace, binary, &cluster, &behind, &env)?;
        let step = ui.step(&match form {
            Form::Plain => self.about.to_owned(),
            Form::Tls => format!("{}, by TLS", self.about),
        });
        let script = |name: &str| {
            let mut command = node::node(workspace, folder);
            command.arg(workspace.path(SHARED).join(name));
            if let Some(certificate) = &certificate {
                command.env("NODE_EXTRA_CA_CERTS", certificate.folder.join("ca.pem"));
            }
            command
        };
        // First, since the console waits for the first query.
        let mut instructions = script("instructions.mjs");
        instructions.env("API_KEY", seeded.api_key()?);
        let mut keys = script("keys.mjs");
        let url = match form {
            Form::Plain => seeded.accelerate_url()?,
            Form::Tls => seeded.accelerate_tls_url()?,
        };
        for command in [&mut instructions, &mut keys] {
            command.env("CONSOLE", seeded.server.console());
            let told = [
                ("EMAIL", "/email"),
                ("PASSWORD", "/password"),
                ("PROJECT", "/project"),
                ("RESOURCE", "/resources/0/id"),
            ];
            for (name, at) in told {
                let value = seeded.report.pointer(at).and_then(Value::as_str);
                command.env(name, value.with_context(|| format!("the seed tells {at}"))?);
            }
        }
        let mut compare = script("compare.mjs");
        compare.env("DIRECT_DATABASE_URL", &direct.0);
        for command in [&mut keys, &mut compare] {
            command.env("ACCELERATE_URL", url);
        }
        let (mut tally, mut output) = (Tally::default(), String::new());
        for command in [instructions, keys, compare] {
            let finished = process::capture(command, |line| step.line(line))?;
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

/// What `pentaprism cert` has made, in a folder that goes with it.
struct Certificate {
    folder: PathBuf,
}

impl Certificate {
    fn make(workspace: &Workspace, binary: &Path) -> Result<Self> {
        let folder = workspace.target().join("client-suite-tls");
        files::empty_dir(&folder)?;
        let made = Self { folder };
        let mut command = workspace.command(binary);
        command.arg("cert").arg("--out").arg(&made.folder).arg("--force");
        process::run(command, |_| ())?;
        Ok(made)
    }

    fn env(&self) -> Vec<(&'static str, String)> {
        let file = |name: &str| self.folder.join(name).display().to_string();
        vec![("PENTAPRISM__DATA__TLS_CERT", file("cert.pem")), ("PENTAPRISM__DATA__TLS_KEY", file("key.pem"))]
    }
}

impl Drop for Certificate {
    fn drop(&mut self) {
        let _unreported = files::remove_dir(&self.folder);
    }
}
