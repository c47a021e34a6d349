//! The data folder's part of a rotation of the master key: the next key lies beside the one that counts until the database is under it, so that
//! a rotation that is cut off loses neither.

use super::config::Storage;
use super::master_key::{FILE, create, draw, make_folder, parse};
use anyhow::{Context, bail, ensure};
use control::Rng;
use secrecy::{ExposeSecret, SecretSlice};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use time::OffsetDateTime;
use time::macros::format_description;

/// The key of a rotation that is under way, or was cut off.
const NEXT: &str = "master.key.next";
/// Held while one is under way.
const LOCK: &str = "master.key.lock";

/// The right to rotate the key of a data folder, given up when dropped; the kernel gives it up for who dies.
pub struct Rotation<'a> {
    storage: &'a Storage,
    _lock: File,
}

impl<'a> Rotation<'a> {
    /// # Errors
    /// While another one is under way.
    pub fn begin(storage: &'a Storage) -> anyhow::Result<Self> {
        make_folder(&storage.data_dir)?;
        let path = storage.data_dir.join(LOCK);
        let lock = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path);
        let lock = lock.with_context(|| format!("cannot open {}", path.display()))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { storage, _lock: lock }),
            Err(TryLockError::WouldBlock) => bail!("Another rotation is under way."),
            Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {}", path.display())),
        }
    }

    /// Draws the next key and keeps it.
    ///
    /// # Errors
    /// While there is one: the start would have adopted it if this database were under it, but another one may be.
    pub fn stage(&self, rng: &Rng) -> anyhow::Result<SecretSlice<u8>> {
        let (text, file) = (draw(rng), next(self.storage));
        match create(&self.storage.data_dir, &file, &text) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => bail!(
                "{} is there, from a rotation that was cut off, and this database is not under it. If no other database is either, remove the file \
                 and begin again",
                file.display()
            ),
            made => made.with_context(|| format!("cannot write {}", file.display()))?,
        }
        parse(&text)
    }

    /// Takes back a key that this rotation has staged and under which nothing was sealed.
    pub fn unstage(&self, key: &SecretSlice<u8>) -> anyhow::Result<()> {
        let file = next(self.storage);
        ensure!(holds(&file, key)?, "{} is another rotation's", file.display());
        fs::remove_file(&file).with_context(|| format!("cannot remove {}", file.display()))
    }

    /// The staged key, under which the database is, counts from now on. Answers where the one before is kept, for backups that are older; none when
    /// it counts already.
    pub fn adopt(&self, key: &SecretSlice<u8>, now: OffsetDateTime) -> anyhow::Result<Option<PathBuf>> {
        let storage = self.storage;
        let (next, file) = (next(storage), storage.data_dir.join(FILE));
        let old = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        if same(&parse(&old)?, key) {
            return Ok(None);
        }
        let stamp = now.format(format_description!("[year][month][day]T[hour][minute][second]Z"))?;
        let kept = storage.data_dir.join(format!("{FILE}.{stamp}"));
        match create(&storage.data_dir, &kept, &old) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists && holds(&kept, &parse(&old)?)? => {}
            made => made.with_context(|| format!("cannot write {}", kept.display()))?,
        }
        if holds(&next, key)? {
            match fs::rename(&next, &file) {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                renamed => {
                    renamed.with_context(|| format!("cannot rename {} to {}", next.display(), file.display()))?;
                }
            }
        }
        ensure!(
            holds(&file, key)?,
            "{} is not the key that the database is under, and {} is gone",
            file.display(),
            next.display()
        );
        File::open(&storage.data_dir)?.sync_all()?;
        Ok(Some(kept))
    }
}

/// The key of a rotation that was cut off, if there is one.
pub fn staged(storage: &Storage) -> anyhow::Result<Option<SecretSlice<u8>>> {
    match &storage.master_key {
        Some(_) => Ok(None),
        None => read(&next(storage)),
    }
}

fn next(storage: &Storage) -> PathBuf {
    storage.data_dir.join(NEXT)
}

fn read(file: &PathBuf) -> anyhow::Result<Option<SecretSlice<u8>>> {
    match fs::read_to_string(file) {
        Ok(text) => parse(&text).map(Some),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
    }
}

fn holds(file: &PathBuf, key: &SecretSlice<u8>) -> anyhow::Result<bool> {
    Ok(read(file)?.is_some_and(|found| same(&found, key)))
}

fn same(one: &SecretSlice<u8>, other: &SecretSlice<u8>) -> bool {
    one.expose_secret() == other.expose_secret()
}
