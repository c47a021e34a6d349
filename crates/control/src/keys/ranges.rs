//! Address ranges that may use a key, as people type them.

use ipnet::IpNet;
use std::net::IpAddr;

/// Ranges of one key at most.
const MOST_RANGES: usize = 50;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RangesError {
    #[error("\"{0}\" is not an address or a range. Write 203.0.113.7, 203.0.113.0/24 or 2001:db8::/48, one a line.")]
    Malformed(String),
    #[error("Use at most 50 ranges.")]
    TooMany,
}

/// Addresses and ranges divided by white space or commas. A single address is a range of one.
pub fn parse(text: &str) -> Result<Vec<IpNet>, RangesError> {
    let parts = text.split(|c: char| c.is_whitespace() || c == ',').filter(|part| !part.is_empty());
    let mut ranges = parts
        .map(|part| {
            let net = part.parse::<IpNet>().or_else(|_| part.parse::<IpAddr>().map(IpNet::from));
            net.map(|net| net.trunc()).map_err(|_| RangesError::Malformed(part.chars().take(60).collect()))
        })
        .collect::<Result<Vec<_>, _>>()?;
    ranges.sort_unstable();
    ranges.dedup();
    if ranges.len() > MOST_RANGES { Err(RangesError::TooMany) } else { Ok(ranges) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_ranges_are_read_and_cut_to_their_prefix() {
        let ranges = parse(" 203.0.113.7,\n10.1.2.3/8 2001:db8::/48 10.0.0.0/8").unwrap();
        let texts: Vec<_> = ranges.iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["10.0.0.0/8", "203.0.113.7/32", "2001:db8::/48"]);
        assert_eq!(parse("").unwrap(), []);
    }

    #[test]
    fn what_is_not_a_range_is_named() {
        assert_eq!(parse("10.0.0.0/33"), Err(RangesError::Malformed("10.0.0.0/33".into())));
        let many: String = (0..51).map(|n| format!("10.0.{n}.1 ")).collect();
        assert_eq!(parse(&many), Err(RangesError::TooMany));
    }
}
