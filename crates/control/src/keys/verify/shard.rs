//! The keys of one shard, in one piece of memory: what a check costs is how often it waits for memory.

use super::entry::Entry;
use crate::keys::HashedKey;
use triomphe::ThinArc;

const TAGS: usize = 16;

/// Entries sorted by hash, and before them the tags of the first ones: sixteen are one line of the processor's cache, and say which entry to look at.
pub(super) type Shard = ThinArc<[u16; TAGS], Entry>;

/// Nothing for no entries. They are sorted.
pub(super) fn of(entries: Vec<Entry>) -> Option<Shard> {
    let mut tags = [0; TAGS];
    tags.iter_mut().zip(&entries).for_each(|(slot, entry)| *slot = tag(&entry.hash));
    (!entries.is_empty()).then(|| ThinArc::from_header_and_iter(tags, entries.into_iter()))
}

pub(super) fn find<'a>(shard: &'a Shard, hash: &HashedKey) -> Option<&'a Entry> {
    if shard.slice.len() > TAGS {
        let at = shard.slice.binary_search_by(|entry| entry.hash.cmp(hash)).ok()?;
        return Some(&shard.slice[at]);
    }
    let wanted = tag(hash);
    let mut tagged = shard.header.header.iter().zip(&shard.slice).filter(|(tag, _)| **tag == wanted);
    tagged.find(|(_, entry)| entry.hash == *hash).map(|(_, entry)| entry)
}

/// Of bytes that do not choose the shard.
fn tag(hash: &HashedKey) -> u16 {
    u16::from_be_bytes([hash.0[4], hash.0[5]])
}
