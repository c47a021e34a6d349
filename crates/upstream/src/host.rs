//! The host of a connection string: one spelling for one address.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use crate::ParseError;

/// Longest DNS name and label (RFC 1035).
const MAX_NAME: usize = 253;
const MAX_LABEL: usize = 63;

/// Where a connection string points: an address, or a name that is yet to be resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// A lower-case ASCII name that no reader takes for an address. May end in a dot.
    Name(String),
    /// An address, written in the one form everybody agrees on.
    Address(IpAddr),
}

impl Host {
    /// Reads a decoded host that stood without brackets.
    ///
    /// Whatever ends in a number must be a plain dotted quad (the rule of the WHATWG URL standard): octal, hexadecimal,
    /// short and single-number forms mean different addresses to different resolvers.
    pub(crate) fn parse(text: &str) -> Result<Self, ParseError> {
        if text.is_empty() {
            return Err(ParseError::EmptyHost);
        }
        if text.starts_with(['/', '@']) {
            return Err(ParseError::UnixSocket);
        }
        if text.contains(',') {
            return Err(ParseError::SeveralHosts);
        }
        if text.contains(':') {
            return Err(ParseError::BadIpv6);
        }
        if !text.is_ascii() {
            return Err(ParseError::NonAsciiHost);
        }
        let name = text.to_ascii_lowercase();
        let labels = name.strip_suffix('.').unwrap_or(&name);
        let last = labels.rsplit('.').next().unwrap_or_default();
        if is_number(last) {
            let address = name.parse::<Ipv4Addr>().map_err(|_| ParseError::NumericHost)?;
            return Ok(Self::Address(address.into()));
        }
        let valid = labels.len() <= MAX_NAME && labels.split('.').all(is_label);
        if valid { Ok(Self::Name(name)) } else { Err(ParseError::BadHost) }
    }

    /// Reads what stood between brackets.
    pub(crate) fn parse_bracketed(text: &str) -> Result<Self, ParseError> {
        if text.contains('%') {
            return Err(ParseError::ZoneId);
        }
        let address = text.parse::<Ipv6Addr>().map_err(|_| ParseError::BadIpv6)?;
        Ok(Self::Address(address.into()))
    }
}

fn is_number(label: &str) -> bool {
    let hex = label.strip_prefix("0x").is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_hexdigit()));
    hex || (!label.is_empty() && label.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_label(label: &str) -> bool {
    let valid = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=MAX_LABEL).contains(&label.len()) && label.bytes().all(valid)
}

/// As in a URL: an IPv6 address in brackets.
impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Address(IpAddr::V4(address)) => address.fmt(f),
            Self::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_are_told_apart() {
        for name in
            ["localhost", "db", "DB.Example.com", "db.example.com.", "my_db", "a9fea9fe", "1.2.3.4.nip.io", "0xg"]
        {
            assert_eq!(Host::parse(name), Ok(Host::Name(name.to_ascii_lowercase())));
        }
        assert_eq!(Host::parse("192.0.2.1").unwrap().to_string(), "192.0.2.1");
        assert_eq!(Host::parse_bracketed("2001:DB8::1").unwrap().to_string(), "[2001:db8::1]");
    }

    #[test]
    fn other_spellings_of_numbers_are_refused() {
        for host in
            ["2130706433", "0x7f000001", "0x", "0177.0.0.1", "127.1", "127.0.0.01", "127.0.0.1.", "256.0.0.1", "a.1"]
        {
            assert_eq!(Host::parse(host), Err(ParseError::NumericHost), "{host}");
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for host in ["a..b", ".a", ".", "a b", "a;b", "a*", &"a".repeat(64), &"a.".repeat(130)] {
            assert_eq!(Host::parse(host), Err(ParseError::BadHost), "{host}");
        }
        assert_eq!(Host::parse("１２７.0.0.1"), Err(ParseError::NonAsciiHost));
        assert_eq!(Host::parse_bracketed("fe80::1%eth0"), Err(ParseError::ZoneId));
        assert_eq!(Host::parse_bracketed("127.0.0.1"), Err(ParseError::BadIpv6));
    }
}
