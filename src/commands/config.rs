//! `pentaprism config`

use crate::boot::config::{Config, DEFAULTS};
use clap::Args;

#[derive(Debug, Args)]
pub struct Show {
    /// Print the documented defaults, ready to be kept as pentaprism.toml.
    #[arg(long)]
    defaults: bool,
}

impl Show {
    pub fn run(self, config: &Config) -> anyhow::Result<()> {
        if self.defaults {
            print!("{DEFAULTS}");
        } else {
            print!("{}", toml::to_string(&config.without_secrets())?);
        }
        Ok(())
    }
}
