//! `pentaprism rotate-master-key`

use crate::boot::config::Config;
use crate::boot::master_key;
use crate::boot::parts::Parts;
use anyhow::{Context, ensure};
use clap::Args;
use control::Actor;
use control::operator::master_key::rotate;
use control::vault::Vault;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct RotateMasterKey {
    /// A file with the new key: 32 bytes in base64. Needed where the configuration gives the key; otherwise one is drawn and kept as the old one was.
    #[arg(long, value_name = "FILE")]
    new_key: Option<PathBuf>,
}

impl RotateMasterKey {
    pub async fn run(self, config: &Config) -> anyhow::Result<()> {
        let storage = &config.storage;
        ensure!(
            storage.master_key.is_some() == self.new_key.is_some(),
            if storage.master_key.is_some() {
                "storage.master_key gives the key: name the file of the new one with --new-key FILE (`openssl rand -base64 32 > FILE`)"
            } else {
                "the key is kept in master.key of the data folder, where a new one is drawn: leave --new-key out"
            }
        );
        let parts = Parts::for_command(config).await?;
        let done = self.apply(config, &parts).await;
        parts.stop().await;
        println!("{}", done?);
        Ok(())
    }

    async fn apply(self, config: &Config, parts: &Parts) -> anyhow::Result<String> {
        let ctx = &parts.ctx;
        let key = match &self.new_key {
            Some(file) => {
                let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
                master_key::parse(&text)?
            }
            None => master_key::stage(&config.storage, &ctx.rng)?,
        };
        let count = rotate(ctx, &Actor::command_line(), &Vault::new(&key, ctx.rng.clone())?).await?;
        let Some(file) = self.new_key else {
            master_key::adopt(&config.storage)?;
            return Ok(format!(
                "{count} sealed values are under the new key, in {}. Back it up, give it to every server of this database, and start them.",
                config.storage.data_dir.join("master.key").display()
            ));
        };
        Ok(format!(
            "{count} sealed values are under the new key. Set storage.master_key to the content of {} on every server of this database, and start them.",
            file.display()
        ))
    }
}
