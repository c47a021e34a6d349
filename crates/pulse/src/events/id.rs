//! What orders events.

use std::{fmt, str::FromStr};

use crate::Lsn;

/// The place of an event among all of its resource. Its text sorts as it does, and it is the same whenever the change is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId {
    /// Begins anew with every gap: behind one, the log may be another server's, which counts from elsewhere.
    pub epoch: u32,
    /// Where the commit stands.
    pub commit: Lsn,
    /// Which change of its transaction it is, from 0.
    pub index: u64,
}

/// The text is no id of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no id of an event")]
pub struct ParseEventIdError;

/// Digits of each part.
const WIDTHS: [usize; 3] = [8, 16, 12];

/// `00000001-0000000001a2b3c4-000000000000`, hexadecimal.
impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}-{:016x}-{:012x}", self.epoch, self.commit.0, self.index)
    }
}

impl FromStr for EventId {
    type Err = ParseEventIdError;

    fn from_str(text: &str) -> Result<Self, ParseEventIdError> {
        let parts: Vec<_> = text.split('-').collect();
        let [epoch, commit, index] = parts.as_slice() else { return Err(ParseEventIdError) };
        let is_part = |(part, width): (&&str, usize)| {
            part.len() == width && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        if !parts.iter().zip(WIDTHS).all(is_part) {
            return Err(ParseEventIdError);
        }
        let number = |text| u64::from_str_radix(text, 16).map_err(|_| ParseEventIdError);
        let epoch = u32::from_str_radix(epoch, 16).map_err(|_| ParseEventIdError)?;
        Ok(Self { epoch, commit: Lsn(number(commit)?), index: number(index)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_sort_as_ids_do() {
        let id = |epoch, commit, index| EventId { epoch, commit: Lsn(commit), index };
        let ids = [id(1, 5, 0), id(1, 5, 9), id(1, 5, 10), id(1, 0xab, 0), id(1, u64::MAX, 0), id(2, 1, 0)];
        let texts: Vec<_> = ids.iter().map(ToString::to_string).collect();
        assert!(texts.is_sorted() && ids.is_sorted());
        for (id, text) in ids.iter().zip(&texts) {
            assert_eq!(text.parse(), Ok(*id));
        }
        for wrong in ["", "1-2-3", &texts[0][1..], "0000000g-0000000000000005-000000000000"] {
            assert_eq!(wrong.parse::<EventId>(), Err(ParseEventIdError));
        }
    }
}
