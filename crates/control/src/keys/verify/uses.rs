//! When and from where each key was last used: noted in memory, written in batches.

use super::{Verifier, store};
use crate::{Ctx, Error};
use kernel::KeyId;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use time::OffsetDateTime;
use tokio::time::{MissedTickBehavior, interval};

const SHARDS: usize = 64;
/// Keys written by one statement.
const BATCH: usize = 1000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Use {
    pub key: KeyId,
    pub at: OffsetDateTime,
    pub address: Option<IpAddr>,
}

/// The uses that are not written yet, at most one a key. Of a busy key's requests, one every few seconds comes here.
#[derive(Debug)]
pub(super) struct Uses(Box<[Mutex<HashMap<KeyId, Use>>]>);

impl Default for Uses {
    fn default() -> Self {
        Self((0..SHARDS).map(|_| Mutex::default()).collect())
    }
}

impl Uses {
    pub fn note(&self, key: KeyId, at: OffsetDateTime, address: Option<IpAddr>) {
        let new = Use { key, at, address };
        let mut shard = self.shard(key);
        let noted = shard.entry(key).or_insert(new);
        if noted.at < at {
            *noted = new;
        }
    }

    /// All of them, sorted by key. They stay until [`Uses::forget`]: a write that fails or is cancelled loses none.
    fn pending(&self) -> Vec<Use> {
        let mut pending = Vec::new();
        for shard in &self.0 {
            pending.extend(lock(shard).values().copied());
        }
        pending.sort_unstable_by_key(|noted| noted.key);
        pending
    }

    /// These are written; a newer use of the same key stays.
    fn forget(&self, written: &[Use]) {
        for written in written {
            let mut shard = self.shard(written.key);
            if shard.get(&written.key) == Some(written) {
                shard.remove(&written.key);
            }
        }
    }

    fn shard(&self, key: KeyId) -> MutexGuard<'_, HashMap<KeyId, Use>> {
        // The last byte of a UUIDv7 is random.
        lock(&self.0[usize::from(key.uuid().as_bytes()[15]) % SHARDS])
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes all pending uses. Writing one twice, or after a later one, changes nothing.
pub(super) async fn flush(ctx: &Ctx, uses: &Uses) -> Result<(), Error> {
    for batch in uses.pending().chunks(BATCH) {
        let mut db = ctx.db.acquire().await?;
        store::write_uses(&mut db, batch).await?;
        uses.forget(batch);
    }
    Ok(())
}

/// Flushes for ever.
pub(super) async fn flush_regularly(ctx: &Ctx, verifier: &Verifier) {
    let mut ticks = interval(verifier.settings.flush);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = verifier.flush(ctx).await {
            tracing::debug!(%error, "the last uses of API keys wait for the next flush");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::id::Id;
    use time::Duration;
    use uuid::Uuid;

    #[test]
    fn the_latest_use_of_each_key_waits_until_it_is_written() {
        let (uses, key, now) = (Uses::default(), Id::from_uuid(Uuid::from_u128(1)), OffsetDateTime::UNIX_EPOCH);
        let (later, address) = (now + Duration::seconds(1), "::1".parse().ok());
        uses.note(key, later, address);
        uses.note(key, now, None);
        let pending = uses.pending();
        assert_eq!(pending, [Use { key, at: later, address }]);
        uses.note(key, later + Duration::seconds(1), None);
        uses.forget(&pending);
        assert_eq!(uses.pending().len(), 1, "a newer one came meanwhile");
        uses.forget(&uses.pending());
        assert!(uses.pending().is_empty());
    }
}
