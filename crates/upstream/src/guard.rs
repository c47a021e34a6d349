//! The denied address ranges.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net};

/// Addresses that are never dialled: link-local and cloud metadata ranges, and what is no host at all. Loopback and
/// private ranges are allowed, because a self-hosted Pentaprism and its databases often share a machine or a network.
const DEFAULT: &[&str] = &[
    "0.0.0.0/8",          // "this host": Linux dials itself
    "100.100.100.200/32", // metadata: Alibaba
    "168.63.129.16/32",   // metadata and host agent: Azure
    "169.254.0.0/16",     // link-local; metadata of most clouds
    "192.0.0.192/32",     // metadata: Oracle
    "224.0.0.0/4",        // multicast
    "255.255.255.255/32", // broadcast
    "::/128",             // "this host"
    "fd00:42::42/128",    // metadata: Scaleway
    "fd00:ec2::/32",      // metadata and other link-local services: AWS
    "fd20:ce::254/128",   // metadata: Google
    "fe80::/10",          // link-local
    "ff00::/8",           // multicast
];

/// Decides which addresses may be dialled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    denied: Vec<IpNet>,
}

impl Guard {
    /// Denies these ranges and nothing else; [`Guard::default_ranges`] gives what to start from. A range of IPv4-mapped
    /// addresses (`::ffff:10.0.0.0/104`) means the IPv4 range.
    #[must_use]
    pub fn new(denied: impl IntoIterator<Item = IpNet>) -> Self {
        Self { denied: denied.into_iter().map(unmapped).collect() }
    }

    /// What [`Guard::default`] denies.
    #[must_use]
    pub fn default_ranges() -> Vec<IpNet> {
        DEFAULT.iter().filter_map(|range| range.parse().ok()).collect()
    }

    /// The denied ranges.
    #[must_use]
    pub fn ranges(&self) -> &[IpNet] {
        &self.denied
    }

    /// The range that denies this address, itself or as the IPv4 address that it stands for.
    #[must_use]
    pub fn denied_by(&self, address: IpAddr) -> Option<IpNet> {
        let embedded = match address {
            IpAddr::V4(_) => Vec::new(),
            IpAddr::V6(address) => embedded(address),
        };
        let mut meanings = std::iter::once(address).chain(embedded.into_iter().map(IpAddr::V4));
        meanings.find_map(|meaning| self.denied.iter().find(|range| range.contains(&meaning)).copied())
    }
}

impl Default for Guard {
    fn default() -> Self {
        Self::new(Self::default_ranges())
    }
}

fn unmapped(range: IpNet) -> IpNet {
    let IpNet::V6(v6) = range else { return range };
    let length = v6.prefix_len().checked_sub(96);
    let v4 = v6.network().to_ipv4_mapped().zip(length).and_then(|(address, length)| Ipv4Net::new(address, length).ok());
    v4.map_or(range, IpNet::V4)
}

/// The IPv4 addresses that an IPv6 address may lead to, by every transition mechanism that puts one inside.
fn embedded(address: Ipv6Addr) -> Vec<Ipv4Addr> {
    if address.is_loopback() {
        return Vec::new();
    }
    let bytes = address.octets();
    let segments = address.segments();
    let at = |start: usize| Ipv4Addr::new(bytes[start], bytes[start + 1], bytes[start + 2], bytes[start + 3]);
    match segments {
        // IPv4-compatible (RFC 4291 2.5.5.1), IPv4-mapped (2.5.5.2), IPv4-translated (RFC 2765).
        [0, 0, 0, 0, 0, 0 | 0xffff, ..] | [0, 0, 0, 0, 0xffff, 0, ..] => vec![at(12)],
        // NAT64 with the well-known prefix (RFC 6052).
        [0x64, 0xff9b, 0, 0, 0, 0, ..] => vec![at(12)],
        // NAT64 with a local prefix (RFC 8215) of 48, 56, 64 or 96 bits: the address lies around a byte of zeros.
        [0x64, 0xff9b, 1, ..] => vec![
            Ipv4Addr::new(bytes[6], bytes[7], bytes[9], bytes[10]),
            Ipv4Addr::new(bytes[7], bytes[9], bytes[10], bytes[11]),
            at(9),
            at(12),
        ],
        // 6to4 (RFC 3056).
        [0x2002, ..] => vec![at(2)],
        // Teredo (RFC 4380): its server, and its client with all bits turned.
        [0x2001, 0, ..] => vec![at(4), Ipv4Addr::from(!u32::from(at(12)))],
        // ISATAP (RFC 5214), under any prefix.
        [_, _, _, _, 0 | 0x200, 0x5efe, ..] => vec![at(12)],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denies(guard: &Guard, address: &str) -> bool {
        guard.denied_by(address.parse().unwrap()).is_some()
    }

    #[test]
    fn every_default_range_parses() {
        assert_eq!(Guard::default_ranges().len(), DEFAULT.len());
    }

    #[test]
    fn metadata_is_denied_in_every_disguise() {
        for address in [
            "169.254.169.254",
            "::169.254.169.254",
            "::ffff:169.254.169.254",
            "::ffff:0:169.254.169.254",
            "64:ff9b::169.254.169.254",
            "64:ff9b:1::169.254.169.254",
            "64:ff9b:1:a9fe:a9:fe00::",
            "64:ff9b:1:a9:fe:a9fe::",
            "64:ff9b:1::a9:fea9:fe00:0",
            "2002:a9fe:a9fe::1",
            "2001:0:a9fe:a9fe::1",
            "2001:0:1:2:3:4:5601:5601",
            "2001:db8::5efe:169.254.169.254",
            "2001:db8::200:5efe:169.254.169.254",
            "fe80::1",
            "febf:ffff::1",
            "fd00:ec2::254",
            "fd00:ec2::23",
            "fd20:ce::254",
            "100.100.100.200",
            "192.0.0.192",
            "168.63.129.16",
            "0.0.0.0",
            "0.1.2.3",
            "::",
            "::ffff:0.0.0.0",
            "224.0.0.1",
            "239.255.255.255",
            "255.255.255.255",
            "ff02::1",
        ] {
            assert!(denies(&Guard::default(), address), "{address}");
        }
    }

    #[test]
    fn machines_of_ones_own_are_allowed() {
        for address in ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "100.64.0.1"] {
            assert!(!denies(&Guard::default(), address), "{address}");
        }
        for address in
            ["fd12:3456::1", "2001:db8::1", "8.8.8.8", "2606:4700::1111", "64:ff9b::8.8.8.8", "2002:808:808::1"]
        {
            assert!(!denies(&Guard::default(), address), "{address}");
        }
    }

    #[test]
    fn an_operator_can_deny_loopback_and_private_ranges() {
        let ranges = ["127.0.0.0/8", "::1/128", "::ffff:10.0.0.0/104"].map(|range| range.parse().unwrap());
        let guard = Guard::new(ranges);
        for address in ["127.0.0.1", "::1", "::ffff:7f00:1", "10.0.0.1", "::ffff:10.255.0.1", "64:ff9b::7f00:1"] {
            assert!(denies(&guard, address), "{address}");
        }
        assert!(!denies(&guard, "169.254.169.254"));
    }
}
