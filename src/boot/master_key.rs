//! The master key: from the configuration, or a file that only its owner can read.

use super::config::Storage;
use anyhow::{Context, ensure};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use control::Rng;
use secrecy::SecretSlice;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

pub(super) const FILE: &str = "master.key";

/// 32 bytes. Made at the first start.
pub fn load(storage: &Storage, rng: &Rng) -> anyhow::Result<SecretSlice<u8>> {
    parse(&match &storage.master_key {
        Some(text) => text.clone(),
        None => from_file(&storage.data_dir, rng)?,
    })
}

/// A key in base64, as the file and the configuration hold it.
pub fn parse(text: &str) -> anyhow::Result<SecretSlice<u8>> {
    let key = BASE64_STANDARD.decode(text.trim()).context("storage.master_key: not base64")?;
    ensure!(key.len() == 32, "storage.master_key: must be 32 bytes in base64, as `openssl rand -base64 32` makes them");
    Ok(SecretSlice::from(key))
}

fn from_file(data_dir: &Path, rng: &Rng) -> anyhow::Result<String> {
    make_folder(data_dir)?;
    let file = data_dir.join(FILE);
    if !file.exists() {
        match create(data_dir, &file, &draw(rng)) {
            // Another start was faster.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            made => {
                made.with_context(|| format!("cannot write {}", file.display()))?;
                tracing::info!(file = %file.display(), "made a master key; back it up apart from the database");
            }
        }
    }
    let mode = fs::metadata(&file).with_context(|| format!("cannot read {}", file.display()))?.permissions().mode();
    ensure!(mode & 0o077 == 0, "{} can be read by others: run `chmod 600 {0}`", file.display());
    fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))
}

/// A new key in base64.
pub(super) fn draw(rng: &Rng) -> String {
    BASE64_STANDARD.encode(rng.bytes::<32>())
}

pub(super) fn make_folder(data_dir: &Path) -> anyhow::Result<()> {
    let mut folder = fs::DirBuilder::new();
    folder
        .recursive(true)
        .mode(0o700)
        .create(data_dir)
        .with_context(|| format!("storage.data_dir: {}", data_dir.display()))
}

/// Complete and on disk before it has its name; whoever makes one of that name first wins.
pub(super) fn create(folder: &Path, file: &Path, text: &str) -> std::io::Result<()> {
    let draft = folder.join(format!("master.key.{}", std::process::id()));
    let mut out = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    out.write_all(text.as_bytes())?;
    out.sync_all()?;
    let named = fs::hard_link(&draft, file);
    fs::remove_file(&draft)?;
    named?;
    File::open(folder)?.sync_all()
}
