//! Positions in the write-ahead log.

use std::{fmt, str::FromStr};

/// A byte position in a server's write-ahead log; orders commits of one server and timeline.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Lsn(pub u64);

/// The text is no `XXXXXXXX/XXXXXXXX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a position in the log is written as two hexadecimal numbers, 16/B374D848")]
pub struct ParseLsnError;

/// As `pg_lsn` is written: `16/B374D848`.
impl fmt::Display for Lsn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:X}/{:X}", self.0 >> 32, self.0 & u64::from(u32::MAX))
    }
}

impl fmt::Debug for Lsn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Lsn {
    type Err = ParseLsnError;

    fn from_str(text: &str) -> Result<Self, ParseLsnError> {
        let (high, low) = text.split_once('/').ok_or(ParseLsnError)?;
        let half = |text: &str| u32::from_str_radix(text, 16).map(u64::from).map_err(|_| ParseLsnError);
        Ok(Self(half(high)? << 32 | half(low)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_as_postgres_writes_it() {
        for text in ["0/0", "16/B374D848", "FFFFFFFF/FFFFFFFF"] {
            assert_eq!(text.parse::<Lsn>().unwrap().to_string(), text);
        }
        for wrong in ["", "0", "0/", "/0", "g/0", "100000000/0", "0/-1"] {
            assert_eq!(wrong.parse::<Lsn>(), Err(ParseLsnError), "{wrong}");
        }
    }
}
