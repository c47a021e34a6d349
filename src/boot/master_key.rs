//! The master key: from the configuration, or a file that only its owner can read.

use super::config::Storage;
use anyhow::{Context, ensure};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use control::Rng;
use secrecy::SecretSlice;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// 32 bytes. Made at the first start.
pub fn load(storage: &Storage, rng: &Rng) -> anyhow::Result<SecretSlice<u8>> {
    let text = match &storage.master_key {
        Some(text) => text.clone(),
        None => from_file(&storage.data_dir, rng)?,
    };
    let key = BASE64_STANDARD.decode(text.trim()).context("storage.master_key: not base64")?;
    ensure!(key.len() == 32, "storage.master_key: must be 32 bytes in base64, as `openssl rand -base64 32` makes them");
    Ok(SecretSlice::from(key))
}

fn from_file(data_dir: &Path, rng: &Rng) -> anyhow::Result<String> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(data_dir)
        .with_context(|| format!("storage.data_dir: {}", data_dir.display()))?;
    let file = data_dir.join("master.key");
    if !file.exists() {
        create(data_dir, &file, &BASE64_STANDARD.encode(rng.bytes::<32>()))
            .with_context(|| format!("cannot write {}", file.display()))?;
        tracing::info!(file = %file.display(), "made a master key; back it up apart from the database");
    }
    let mode = fs::metadata(&file).with_context(|| format!("cannot read {}", file.display()))?.permissions().mode();
    ensure!(mode & 0o077 == 0, "{} can be read by others: run `chmod 600 {0}`", file.display());
    fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))
}

/// Complete and on disk before it has its name; whoever made one first wins.
fn create(folder: &Path, file: &Path, text: &str) -> std::io::Result<()> {
    let draft = folder.join(format!("master.key.{}", std::process::id()));
    let mut out = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    out.write_all(text.as_bytes())?;
    out.sync_all()?;
    match fs::hard_link(&draft, file) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    fs::remove_file(&draft)?;
    File::open(folder)?.sync_all()
}
