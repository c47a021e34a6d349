//! `pentaprism rotate-master-key`

use crate::boot::config::Config;
use crate::boot::master_key;
use crate::boot::parts::Parts;
use crate::boot::rotation::Rotation;
use anyhow::{Context, ensure};
use clap::Args;
use control::operator::master_key::{Rotated, rotate};
use control::vault::Vault;
use control::{Actor, Ctx, Error};
use secrecy::SecretSlice;
use std::fmt::Write;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub struct RotateMasterKey {
    /// A file with the new key: 32 bytes in base64. Needed where the configuration gives the key; otherwise one is drawn and kept as the old one was.
    #[arg(long, value_name = "FILE")]
    new_key: Option<PathBuf>,
    /// Leave values that do not open under the present key as they are: nobody will open them again.
    #[arg(long)]
    skip_unreadable: bool,
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
        let rotation = Rotation::begin(storage)?;
        let parts = Parts::for_rotation(config, &rotation).await?;
        let done = match &self.new_key {
            Some(file) => self.to_given(&parts.ctx, file).await,
            None => self.to_drawn(config, &parts.ctx, &rotation).await,
        };
        parts.stop().await;
        println!("{}", done?);
        Ok(())
    }

    async fn to_given(&self, ctx: &Ctx, file: &Path) -> anyhow::Result<String> {
        let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        let rotated = self.rotate(ctx, &master_key::parse(&text)?).await?;
        let mut told = tell(&rotated);
        write!(
            told,
            " Set storage.master_key to the content of {} on every server of this database, and start them. Keep the old key with older backups.",
            file.display()
        )?;
        Ok(told)
    }

    async fn to_drawn(&self, config: &Config, ctx: &Ctx, rotation: &Rotation<'_>) -> anyhow::Result<String> {
        let storage = &config.storage;
        let key = rotation.stage(&ctx.rng)?;
        let rotated = self.rotate(ctx, &key).await;
        if let Err(Error::Problem(_)) = &rotated {
            // Refused before anything was sealed under it. After any other failure it stays: the database may be under it.
            rotation.unstage(&key)?;
        }
        let mut told = tell(&rotated?);
        let kept = rotation.adopt(&key, ctx.now())?;
        let file = storage.data_dir.join("master.key");
        write!(
            told,
            " It is in {}: back it up, give it to every server of this database, and start them.",
            file.display()
        )?;
        if let Some(kept) = kept {
            write!(told, " The old key is kept in {}: keep it with older backups.", kept.display())?;
        }
        Ok(told)
    }

    async fn rotate(&self, ctx: &Ctx, key: &SecretSlice<u8>) -> Result<Rotated, Error> {
        rotate(ctx, &Actor::command_line(), &Vault::new(key, ctx.rng.clone())?, self.skip_unreadable).await
    }
}

fn tell(rotated: &Rotated) -> String {
    let mut told = format!("{} sealed values are under the new key.", rotated.rewrapped);
    if !rotated.skipped.is_empty() {
        told.push_str(&format!(
            " {} did not open and are lost: {}.",
            rotated.skipped.len(),
            rotated.skipped.join(", ")
        ));
    }
    told
}
