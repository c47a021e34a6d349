//! What the command line offers.

mod cert;
mod config;
mod migrate;
mod rotate_master_key;
mod seed;
mod serve;
mod user;

use crate::boot::config::Config;
use crate::boot::telemetry;
use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// The self-hosted data platform behind Prisma ORM.
#[derive(Debug, Parser)]
#[command(name = "pentaprism", version, about)]
pub struct Cli {
    /// The configuration file; `pentaprism.toml` of this folder if it is there.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the console; owns the private Postgres unless DATABASE_URL names another.
    Serve(serve::Serve),
    /// Bring the schema of the control database up to date.
    Migrate,
    /// Fill a demo organization with believable data.
    Seed(seed::Seed),
    /// Accounts, for whoever runs the server.
    #[command(subcommand)]
    User(user::User),
    /// Put everything that is stored encrypted under a new master key. Stop every server first.
    RotateMasterKey(rotate_master_key::RotateMasterKey),
    /// Make a certificate for TLS on the data listener, for development.
    Cert(cert::Cert),
    /// Print the configuration that counts, or the documented defaults.
    Config(config::Show),
}

impl Cli {
    /// # Errors
    /// With a text that says what to do.
    pub async fn run(self) -> anyhow::Result<()> {
        let config = Config::load(self.config.as_deref())?;
        match self.command {
            Command::Serve(serve) => serve.run(config).await,
            Command::Migrate => {
                telemetry::start(&config.log)?;
                migrate::run(&config).await
            }
            Command::Seed(seed) => {
                telemetry::start(&config.log)?;
                seed.run(&config).await
            }
            Command::User(user) => {
                telemetry::start(&config.log)?;
                user.run(&config).await
            }
            Command::RotateMasterKey(rotate) => {
                telemetry::start(&config.log)?;
                rotate.run(&config).await
            }
            Command::Cert(cert) => cert.run(&config),
            Command::Config(show) => show.run(&config),
        }
    }
}
