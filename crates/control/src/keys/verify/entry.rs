//! One key in memory, 128 bytes, and what is asked of it.

use super::{LiveKey, Refusal};
use crate::keys::HashedKey;
use ipnet::{IpNet, Ipv4Net};
use kernel::key::Rights;
use kernel::{KeyId, OrgId, ProjectId, ResourceId};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use time::OffsetDateTime;

/// What the database says of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredKey {
    pub id: KeyId,
    pub org: OrgId,
    pub project: ProjectId,
    /// What it reaches: its own resource, or its project's default; none while the project has none.
    pub resource: Option<ResourceId>,
    pub rights: Rights,
    pub disabled: bool,
    pub expires_at: Option<OffsetDateTime>,
    /// Client addresses that may use it; empty means any.
    pub allowed_ranges: Vec<IpNet>,
}

#[derive(Debug)]
pub(super) struct Entry {
    pub hash: HashedKey,
    id: KeyId,
    org: OrgId,
    project: ProjectId,
    resource: Option<ResourceId>,
    rights: Rights,
    disabled: bool,
    /// The second of the last use that was noted, since 1970: most uses of a busy key stop at reading this.
    noted: AtomicU32,
    /// Microseconds since 1970, as Postgres keeps them; `i64::MAX` for never.
    expires_at: i64,
    ranges: Option<Arc<[IpNet]>>,
}

/// Seconds: as exact as the last use of a busy key is known.
const NOTED_FOR: u32 = 5;

// A million keys are a million of these.
const _: () = assert!(size_of::<Entry>() == 128);

impl Entry {
    pub fn new(hash: HashedKey, key: StoredKey) -> Self {
        let ranges = key.allowed_ranges;
        Self {
            hash,
            id: key.id,
            org: key.org,
            project: key.project,
            resource: key.resource,
            rights: key.rights,
            disabled: key.disabled,
            noted: AtomicU32::new(0),
            expires_at: key.expires_at.map_or(i64::MAX, micros),
            ranges: (!ranges.is_empty()).then(|| ranges.into_iter().map(canonical).collect()),
        }
    }

    /// Every question but the key's existence. `address` is canonical.
    pub fn check(
        &self,
        address: Option<IpAddr>,
        now: OffsetDateTime,
        wanted: Option<ResourceId>,
    ) -> Result<LiveKey, Refusal> {
        if self.expires_at <= micros(now) {
            return Err(Refusal::Expired);
        }
        if self.disabled {
            return Err(Refusal::Disabled);
        }
        if let Some(ranges) = &self.ranges
            && !address.is_some_and(|address| ranges.iter().any(|range| range.contains(&address)))
        {
            return Err(Refusal::AddressDenied);
        }
        let resource = self.resource.ok_or(Refusal::NoResource)?;
        if wanted.is_some_and(|wanted| wanted != resource) {
            return Err(Refusal::Scope);
        }
        Ok(LiveKey { id: self.id, org: self.org, project: self.project, resource, rights: self.rights })
    }

    /// Whether this use is to be noted: the first, and then one every few seconds.
    pub fn note(&self, now: OffsetDateTime) -> bool {
        let second = u32::try_from(now.unix_timestamp()).unwrap_or_default();
        let noted = self.noted.load(Ordering::Relaxed);
        // Of two threads that come here at once, one notes. A clock that was set back does not keep a key from being noted.
        second.abs_diff(noted) >= NOTED_FOR
            && self.noted.compare_exchange(noted, second, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

impl Clone for Entry {
    /// A use that is noted while the copy is made may be noted once more: harmless.
    fn clone(&self) -> Self {
        let noted = AtomicU32::new(self.noted.load(Ordering::Relaxed));
        Self { noted, ranges: self.ranges.clone(), ..*self }
    }
}

fn micros(at: OffsetDateTime) -> i64 {
    at.unix_timestamp() * 1_000_000 + i64::from(at.microsecond())
}

/// A range of IPv4-mapped addresses is meant for the IPv4 addresses, which is how clients' addresses are compared.
fn canonical(range: IpNet) -> IpNet {
    if let IpNet::V6(net) = range
        && let (Some(address), Some(length)) = (net.network().to_ipv4_mapped(), net.prefix_len().checked_sub(96))
        && let Ok(net) = Ipv4Net::new(address, length)
    {
        return IpNet::V4(net);
    }
    range
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::id::Id;
    use time::Duration;
    use uuid::Uuid;

    const NOW: OffsetDateTime = time::macros::datetime!(2026-03-01 12:00 UTC);

    fn key() -> StoredKey {
        let id = Uuid::from_u128;
        StoredKey {
            id: Id::from_uuid(id(1)),
            org: Id::from_uuid(id(2)),
            project: Id::from_uuid(id(3)),
            resource: Some(Id::from_uuid(id(4))),
            rights: Rights::ReadOnly,
            disabled: false,
            expires_at: None,
            allowed_ranges: vec![],
        }
    }

    fn check(key: StoredKey, address: Option<&str>, wanted: Option<u128>) -> Result<LiveKey, Refusal> {
        let address = address.map(|text| text.parse::<IpAddr>().unwrap().to_canonical());
        let wanted = wanted.map(|id| Id::from_uuid(Uuid::from_u128(id)));
        Entry::new(HashedKey([0; 32]), key).check(address, NOW, wanted)
    }

    #[test]
    fn a_key_ends_at_the_very_microsecond() {
        let ends_at = |at| check(StoredKey { expires_at: Some(at), ..key() }, None, None).err();
        assert_eq!(ends_at(NOW + Duration::microseconds(1)), None);
        assert_eq!(ends_at(NOW), Some(Refusal::Expired));
        assert_eq!(ends_at(NOW - Duration::microseconds(1)), Some(Refusal::Expired));
        assert_eq!(ends_at(OffsetDateTime::UNIX_EPOCH - Duration::seconds(1)), Some(Refusal::Expired));
    }

    #[test]
    fn ranges_hold_for_both_families_and_for_mapped_addresses() {
        let ranges = ["10.1.0.0/16", "2001:db8::/48", "::ffff:192.0.2.0/120"];
        let ranges: Vec<IpNet> = ranges.iter().map(|range| range.parse().unwrap()).collect();
        let from = |address| check(StoredKey { allowed_ranges: ranges.clone(), ..key() }, address, None).err();
        for inside in ["10.1.255.255", "::ffff:10.1.0.1", "2001:db8::1", "192.0.2.7", "::ffff:192.0.2.7"] {
            assert_eq!(from(Some(inside)), None, "{inside}");
        }
        for outside in ["10.2.0.0", "::ffff:10.2.0.1", "2001:db8:1::1", "192.0.3.7", "::1"] {
            assert_eq!(from(Some(outside)), Some(Refusal::AddressDenied), "{outside}");
        }
        assert_eq!(from(None), Some(Refusal::AddressDenied), "an unknown address is in no range");
        assert_eq!(check(key(), None, None).err(), None, "without ranges any will do");
    }

    #[test]
    fn a_key_reaches_its_resource_alone() {
        assert_eq!(check(key(), None, Some(4)).unwrap().resource, Id::from_uuid(Uuid::from_u128(4)));
        assert_eq!(check(key(), None, Some(5)).err(), Some(Refusal::Scope));
        assert_eq!(check(StoredKey { resource: None, ..key() }, None, None).err(), Some(Refusal::NoResource));
        assert_eq!(check(StoredKey { disabled: true, ..key() }, None, Some(5)).err(), Some(Refusal::Disabled));
    }

    #[test]
    fn a_use_is_noted_every_few_seconds_also_across_copies() {
        let entry = Entry::new(HashedKey([0; 32]), key());
        assert!(entry.note(NOW));
        let copy = entry.clone();
        assert!(!entry.note(NOW) && !copy.note(NOW));
        assert!(!entry.note(NOW + Duration::seconds(4)));
        assert!(entry.note(NOW + Duration::seconds(5)));
        assert!(entry.note(NOW - Duration::seconds(60)), "the clock was set back");
    }
}
