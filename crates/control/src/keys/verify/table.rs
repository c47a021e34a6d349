//! All keys of the installation in memory.
//!
//! The first bits of a key's hash choose one of 131 072 shards behind atomic pointers; hashes are uniform, so among a million keys a shard holds
//! eight. A shard never changes: readers take no lock and see it before a change or after it; a writer puts a changed copy in its place.

use super::entry::{Entry, StoredKey};
use super::freshness::Freshness;
use super::shard::{self, Shard};
use super::uses::Uses;
use super::{LiveKey, Refusal};
use crate::keys::HashedKey;
use arc_swap::ArcSwapAny;
use kernel::ResourceId;
use kernel::key::is_well_formed;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use time::OffsetDateTime;

const SHARDS_LOG2: u32 = 17;
const SHARDS: usize = 1 << SHARDS_LOG2;

/// Finds a key by its text and says whether it opens the door. Readers never wait.
#[derive(Debug)]
pub struct KeyTable {
    shards: Box<[ArcSwapAny<Option<Shard>>]>,
    /// A writer reads a shard and puts another in its place: one at a time.
    writing: Mutex<()>,
    pub(super) freshness: Freshness,
    pub(super) uses: Uses,
}

impl KeyTable {
    /// An empty table, which answers [`Refusal::Stale`] until it was filled and marked as fresh. `max_stale`: for how long after that it may answer.
    pub fn new(max_stale: std::time::Duration) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| ArcSwapAny::new(None)).collect(),
            writing: Mutex::new(()),
            freshness: Freshness::new(max_stale),
            uses: Uses::default(),
        }
    }

    /// Checks the text a client sent, from memory alone: form and checksum, that the key exists, is enabled and has not expired at `now`, the client's
    /// address, and that it reaches `wanted`, if one is wanted. Notes the use.
    pub fn verify(
        &self,
        text: &str,
        address: Option<IpAddr>,
        now: OffsetDateTime,
        wanted: Option<ResourceId>,
    ) -> Result<LiveKey, Refusal> {
        if !is_well_formed(text) {
            return Err(Refusal::Malformed);
        }
        self.verify_hash(&HashedKey::of(text), address, now, wanted)
    }

    /// The same for a text that is well formed and hashed already.
    pub(super) fn verify_hash(
        &self,
        hash: &HashedKey,
        address: Option<IpAddr>,
        now: OffsetDateTime,
        wanted: Option<ResourceId>,
    ) -> Result<LiveKey, Refusal> {
        if !self.freshness.holds() {
            return Err(Refusal::Stale);
        }
        let address = address.map(|address| address.to_canonical());
        let shard = self.shards[index(hash)].load();
        let entry = shard.as_ref().and_then(|shard| shard::find(shard, hash)).ok_or(Refusal::Unknown)?;
        let key = entry.check(address, now, wanted)?;
        if entry.note(now) {
            self.uses.note(key.id, now, address);
        }
        Ok(key)
    }

    /// Puts a key in, or in the place of what was known of it.
    pub fn put(&self, hash: HashedKey, key: StoredKey) {
        self.change(&hash, |entries, found| match found {
            Ok(at) => entries[at] = Entry::new(hash, key),
            Err(at) => entries.insert(at, Entry::new(hash, key)),
        });
    }

    /// Takes a key out, if it is there.
    pub fn remove(&self, hash: &HashedKey) {
        self.change(hash, |entries, found| {
            if let Ok(at) = found {
                entries.remove(at);
            }
        });
    }

    /// Marks the table as what the database said at this instant, which is the start of reading it.
    pub fn mark_fresh(&self, as_of: tokio::time::Instant) {
        self.freshness.mark(as_of);
    }

    /// How many keys there are; looks at every shard.
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.load().as_ref().map_or(0, |shard| shard.slice.len())).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A loader that replaces the whole table by keys that come sorted by hash.
    pub(super) fn loader(&self) -> Loader<'_> {
        Loader { table: self, shard: 0, entries: Vec::new() }
    }

    fn change(&self, hash: &HashedKey, change: impl FnOnce(&mut Vec<Entry>, Result<usize, usize>)) {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let shard = &self.shards[index(hash)];
        let current = shard.load();
        let current = current.as_ref().map(|shard| &shard.slice).unwrap_or_default();
        let mut entries = Vec::with_capacity(current.len() + 1);
        entries.extend_from_slice(current);
        let found = entries.binary_search_by(|entry: &Entry| entry.hash.cmp(hash));
        change(&mut entries, found);
        shard.store(shard::of(entries));
    }
}

/// Replaces shard after shard, so a reload needs no second table and nobody sees an empty one.
pub(super) struct Loader<'a> {
    table: &'a KeyTable,
    shard: usize,
    entries: Vec<Entry>,
}

impl Loader<'_> {
    /// The next key; its hash is above that of the one before.
    pub fn push(&mut self, hash: HashedKey, key: StoredKey) {
        self.close_until(index(&hash));
        self.entries.push(Entry::new(hash, key));
    }

    /// There are no more keys.
    pub fn finish(mut self) {
        self.close_until(SHARDS);
    }

    fn close_until(&mut self, next: usize) {
        let _writing = self.table.writing.lock().unwrap_or_else(PoisonError::into_inner);
        for shard in self.shard..next {
            self.table.shards[shard].store(shard::of(std::mem::take(&mut self.entries)));
        }
        self.shard = next;
    }
}

fn index(hash: &HashedKey) -> usize {
    let [a, b, c, d, ..] = hash.0;
    (u32::from_be_bytes([a, b, c, d]) >> (u32::BITS - SHARDS_LOG2)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rng;
    use crate::keys::PlainKey;
    use kernel::id::Id;
    use kernel::key::Rights;
    use std::collections::BTreeMap;
    use std::time::Duration;
    use tokio::time::Instant;
    use uuid::Uuid;

    const NOW: OffsetDateTime = time::macros::datetime!(2026-03-01 12:00 UTC);

    fn key(n: u128) -> StoredKey {
        let id = Uuid::from_u128(n);
        StoredKey {
            id: Id::from_uuid(id),
            org: Id::from_uuid(id),
            project: Id::from_uuid(id),
            resource: Some(Id::from_uuid(id)),
            rights: Rights::Full,
            disabled: false,
            expires_at: None,
            allowed_ranges: vec![],
        }
    }

    fn fresh() -> KeyTable {
        let table = KeyTable::new(Duration::from_secs(3600));
        table.mark_fresh(Instant::now());
        table
    }

    #[tokio::test]
    async fn keys_come_change_and_go() {
        let (table, plain) = (fresh(), PlainKey::generate(&Rng::seeded(1)));
        let verify = || table.verify(plain.expose(), None, NOW, None).map(|key| key.id);
        assert_eq!(verify(), Err(Refusal::Unknown));
        table.put(plain.hashed(), key(1));
        assert_eq!(verify(), Ok(key(1).id));
        table.put(plain.hashed(), StoredKey { disabled: true, ..key(1) });
        assert_eq!((verify(), table.len()), (Err(Refusal::Disabled), 1));
        table.remove(&plain.hashed());
        table.remove(&plain.hashed());
        assert_eq!((verify(), table.is_empty()), (Err(Refusal::Unknown), true));
        assert_eq!(table.verify(&plain.expose()[1..], None, NOW, None), Err(Refusal::Malformed));
    }

    #[tokio::test(start_paused = true)]
    async fn a_table_that_was_not_refreshed_refuses() {
        let (table, plain) = (KeyTable::new(Duration::from_secs(1)), PlainKey::generate(&Rng::seeded(1)));
        table.put(plain.hashed(), key(1));
        let verify = || table.verify(plain.expose(), None, NOW, None).err();
        assert_eq!(verify(), Some(Refusal::Stale), "never");
        table.mark_fresh(Instant::now());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(verify(), None, "just yet");
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(verify(), Some(Refusal::Stale), "too long ago");
        assert_eq!(table.verify("ppk_", None, NOW, None), Err(Refusal::Malformed), "that much is known");
    }

    #[tokio::test]
    async fn shards_that_hold_many_keys_agree_with_a_map() {
        let (table, rng) = (fresh(), Rng::seeded(7));
        let mut truth = BTreeMap::new();
        for n in 0..4000 {
            let [a, b, c] = rng.bytes::<3>();
            // Few enough prefixes that shards fill, few enough tails that keys meet again.
            let mut hash = HashedKey([0; 32]);
            (hash.0[0], hash.0[5], hash.0[31]) = (a % 4 * 85, b % 2, c % if a % 4 == 0 { 5 } else { 64 });
            if n % 3 == 0 {
                truth.remove(&hash);
                table.remove(&hash);
            } else {
                truth.insert(hash, key(n).id);
                table.put(hash, key(n));
            }
        }
        assert_same(&table, &truth);
        let mut loader = table.loader();
        truth.retain(|hash, _| hash.0[31] % 2 == 0 && hash.0[0] != 0);
        truth.iter().for_each(|(hash, id)| loader.push(*hash, key(id.uuid().as_u128())));
        loader.finish();
        assert_same(&table, &truth);
    }

    fn assert_same(table: &KeyTable, truth: &BTreeMap<HashedKey, kernel::KeyId>) {
        assert_eq!(table.len(), truth.len());
        for (hash, id) in truth {
            assert_eq!(table.verify_hash(hash, None, NOW, None).map(|key| key.id), Ok(*id));
        }
    }
}
