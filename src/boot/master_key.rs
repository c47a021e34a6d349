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

const FILE: &str = "master.key";
/// The key of a rotation that is under way.
const NEXT: &str = "master.key.next";

/// 32 bytes. Made at the first start.
pub fn load(storage: &Storage, rng: &Rng) -> anyhow::Result<SecretSlice<u8>> {
    parse(&match &storage.master_key {
        Some(text) => text.clone(),
        None => from_file(&storage.data_dir, rng)?,
    })
}

/// Draws the next key and puts it beside the one that counts, so that a rotation that is cut off loses neither.
pub fn stage(storage: &Storage, rng: &Rng) -> anyhow::Result<SecretSlice<u8>> {
    let text = BASE64_STANDARD.encode(rng.bytes::<32>());
    let file = storage.data_dir.join(NEXT);
    if file.exists() {
        // No database is sealed under it: whoever starts would have adopted it.
        fs::remove_file(&file)?;
    }
    create(&storage.data_dir, &file, &text).with_context(|| format!("cannot write {}", file.display()))?;
    parse(&text)
}

/// The key of a rotation that was cut off, if there is one.
pub fn staged(storage: &Storage) -> anyhow::Result<Option<SecretSlice<u8>>> {
    let file = storage.data_dir.join(NEXT);
    if storage.master_key.is_some() || !file.exists() {
        return Ok(None);
    }
    let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    parse(&text).map(Some)
}

/// The staged key is the one that counts from now on.
pub fn adopt(storage: &Storage) -> anyhow::Result<()> {
    let (next, file) = (storage.data_dir.join(NEXT), storage.data_dir.join(FILE));
    fs::rename(&next, &file).with_context(|| format!("cannot rename {} to {}", next.display(), file.display()))?;
    Ok(File::open(&storage.data_dir)?.sync_all()?)
}

/// A key in base64, as the file and the configuration hold it.
pub fn parse(text: &str) -> anyhow::Result<SecretSlice<u8>> {
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
    let file = data_dir.join(FILE);
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
