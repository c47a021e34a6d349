//! A server with the demo organization, whose first resource is a database that is given: for client suites and benchmarks.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::database::Database;
use crate::process;
use crate::server::{Listen, Options, Server, Storage};
use crate::workspace::Workspace;

/// 32 bytes in base64: the seed and servers that are started anew, or beside each other, must read each other's secrets.
pub const MASTER_KEY: &str = "dGhlIG1hc3RlciBrZXkgb2YgdGhlIHNvYWsgMzIgYnk=";

/// The server, and what `pentaprism seed --json` said.
#[derive(Debug)]
pub struct Seeded {
    pub server: Server,
    pub report: Value,
    /// The control database.
    pub control: Database,
    options: Options,
}

impl Seeded {
    /// Starts one with a new control database in the cluster, and Accelerate on `target`.
    pub fn start(
        workspace: &Workspace,
        binary: PathBuf,
        cluster: &Database,
        target: &Database,
        env: &[(&str, &str)],
    ) -> Result<Self> {
        Self::start_with(workspace, binary, cluster, target, env, &[])
    }

    /// The same with Pulse.
    pub fn streaming(
        workspace: &Workspace,
        binary: PathBuf,
        cluster: &Database,
        target: &Database,
        env: &[(&str, &str)],
    ) -> Result<Self> {
        Self::start_with(workspace, binary, cluster, target, env, &["--pulse"])
    }

    fn start_with(
        workspace: &Workspace,
        binary: PathBuf,
        cluster: &Database,
        target: &Database,
        env: &[(&str, &str)],
        further: &[&str],
    ) -> Result<Self> {
        let control = cluster.create("control")?;
        let mut options = Options::throwaway(binary, Storage::Database(control.0.clone()))?;
        let usual = [("PENTAPRISM__STORAGE__MASTER_KEY", MASTER_KEY), ("PENTAPRISM__LOG__FILTER", "warn")];
        options.env = usual.iter().chain(env).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let report = fill(&options, &control, target, further)?;
        Ok(Self { server: Server::start(workspace, &options)?, report, control, options })
    }

    /// Another organization beside the first, with Accelerate on a database of its own: what the seed says of it.
    pub fn further(&self, target: &Database) -> Result<Value> {
        fill(&self.options, &self.control, target, &[])
    }

    /// Another server of the same control database, at addresses of its own.
    pub fn beside(&self, workspace: &Workspace) -> Result<Server> {
        let listen = Listen::free()?;
        Server::start(workspace, &Options { listen, ..self.options.clone() })
    }

    /// Kills the server, and starts it again where it was.
    pub fn restart(&mut self, workspace: &Workspace) -> Result<()> {
        self.server.kill9()?;
        self.server = Server::start(workspace, &self.options)?;
        Ok(())
    }

    /// The endpoint of Pulse.
    pub fn pulse_url(&self) -> Result<&str> {
        self.report["resources"][0]["pulse"]["url"].as_str().context("the seed enables Pulse where it is asked to")
    }

    /// Accelerate's connection string by plain http.
    pub fn accelerate_url(&self) -> Result<&str> {
        self.connection_string("prismaPostgres")
    }

    /// The same by TLS.
    pub fn accelerate_tls_url(&self) -> Result<&str> {
        self.connection_string("prisma")
    }

    fn connection_string(&self, form: &str) -> Result<&str> {
        let url = &self.report["resources"][0]["accelerate"][form];
        url.as_str().context("the seed configures Accelerate")
    }

    /// The API key of the first resource.
    pub fn api_key(&self) -> Result<&str> {
        self.report["resources"][0]["apiKey"].as_str().context("the seed makes a key")
    }
}

fn fill(options: &Options, control: &Database, target: &Database, further: &[&str]) -> Result<Value> {
    let mut seed = Command::new(&options.binary);
    seed.args(["seed", "--json", "--database-url", &target.0]).args(further).current_dir(std::env::temp_dir());
    seed.env("DATABASE_URL", &control.0).env("PENTAPRISM__DATA__LISTEN", options.listen.data.to_string());
    seed.envs(options.env.iter().map(|(name, value)| (name, value)));
    let output = process::run(seed, |_| ())?;
    let line = output.lines().find(|line| line.starts_with('{')).context("the seed prints a JSON object")?;
    Ok(serde_json::from_str(line)?)
}
