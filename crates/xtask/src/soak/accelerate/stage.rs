//! What the parts run against: one server, two tenants, and a Postgres behind them that dies and comes back.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};

use super::asks::Told;
use crate::cluster::Cluster;
use crate::database::Database;
use crate::seeded::Seeded;
use crate::soak::Options;
use crate::soak::console::explained;
use crate::ui::Step;
use crate::workspace::Workspace;

/// The tenants' role in the database, and its password.
pub const ROLE: &str = "tenant";
/// Milliseconds that a query, and a transaction, of the greedy tenant may take.
pub const LIMIT_MS: u64 = 2000;

/// All of it; gone when this is dropped.
#[derive(Debug)]
pub struct Stage {
    seeded: Seeded,
    /// By default limits.
    pub quick: Tenant,
    /// Its queries and transactions end after [`LIMIT_MS`].
    pub greedy: Tenant,
    /// Both tenants' Postgres, as superuser.
    pub upstream: Database,
    pub short: bool,
    pub seed: u64,
    told: Mutex<BTreeMap<String, usize>>,
    _clusters: [Cluster; 2],
}

/// An API key, and the database behind it.
#[derive(Debug)]
pub struct Tenant {
    pub key: String,
    /// As the tenant's own role.
    pub database: Database,
}

impl Stage {
    pub fn set(workspace: &Workspace, binary: PathBuf, step: &Step, options: Options) -> Result<Self> {
        let control = Cluster::start(workspace, step)?;
        let behind = Cluster::restarting(workspace, step)?;
        let upstream = Database(behind.url().to_owned());
        upstream.run(&format!("create role {ROLE} login password '{ROLE}'"))?;
        let [quick, greedy] = ["quick", "greedy"].map(|name| tenant(&upstream, name));
        let (quick, greedy) = (quick?, greedy?);
        let seeded = Seeded::start(workspace, binary, &Database(control.url().to_owned()), &greedy, &[])?;
        // Only the greedy one is there yet.
        seeded.control.run(&format!(
            "update accelerate set query_timeout_ms = {LIMIT_MS}, transaction_timeout_ms = {LIMIT_MS}"
        ))?;
        let greedy = Tenant { key: seeded.api_key()?.to_owned(), database: greedy };
        let further = seeded.further(&quick)?;
        let key = further["resources"][0]["apiKey"].as_str().context("the seed makes a key")?.to_owned();
        Ok(Self {
            seeded,
            quick: Tenant { key, database: quick },
            greedy,
            upstream,
            short: options.short,
            seed: options.seed,
            told: Mutex::default(),
            _clusters: [control, behind],
        })
    }

    /// Where the data traffic goes.
    pub fn door(&self) -> Result<SocketAddr> {
        Ok(self.seeded.server.data().trim_start_matches("http://").parse()?)
    }

    pub fn server(&self) -> u32 {
        self.seeded.server.id()
    }

    /// `long`, or `short` in the short form.
    pub fn sized<T>(&self, long: T, short: T) -> T {
        if self.short { short } else { long }
    }

    /// Requests at once before one pool.
    pub fn crowd(&self) -> usize {
        self.sized(10_000, 600)
    }

    /// The next round makes other choices.
    pub fn next_round(&mut self) {
        self.seed = self.seed.wrapping_add(1000);
    }

    /// Counts how a request ended.
    pub fn note(&self, told: &Told) {
        let code = match told {
            Told::Answer(_) => String::new(),
            Told::Refused(code) => code.clone(),
        };
        *self.told.lock().unwrap_or_else(PoisonError::into_inner).entry(code).or_default() += 1;
    }

    pub fn answers(&self) -> usize {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).get("").copied().unwrap_or_default()
    }

    /// How often each code was given.
    pub fn refusals(&self) -> BTreeMap<String, usize> {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.iter().filter(|(code, _)| !code.is_empty()).map(|(code, count)| (code.clone(), *count)).collect()
    }

    /// Adds the last words of the server to an error.
    pub fn explained<T>(&self, result: Result<T>) -> Result<T> {
        explained(result, &self.seeded.server)
    }

    pub fn end(mut self) -> Result<()> {
        self.seeded.server.stop().map(drop)
    }
}

/// A database that the tenants' role owns, as that role.
fn tenant(upstream: &Database, name: &str) -> Result<Database> {
    let made = upstream.create(name)?;
    upstream.run(&format!("alter database {name} owner to {ROLE}"))?;
    let (_, place) = made.0.rsplit_once('@').context("the URL names a host")?;
    let own = Database(format!("postgres://{ROLE}:{ROLE}@{place}"));
    own.run("create table pair (id text, half integer)")?;
    Ok(own)
}
