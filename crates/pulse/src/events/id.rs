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
/// Of the text.
const LENGTH: usize = 38;

impl EventId {
    /// Appends its text: there is one with every event, and formatting would take longer than all of its row.
    pub(crate) fn push(&self, out: &mut String) {
        for (part, width) in [u64::from(self.epoch), self.commit.0, self.index].into_iter().zip(WIDTHS) {
            if width != WIDTHS[0] {
                out.push('-');
            }
            out.extend((0..width).rev().map(|place| DIGITS[(part >> (4 * place) & 15) as usize]));
        }
    }
}

const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];

/// `00000001-0000000001a2b3c4-000000000000`, hexadecimal.
impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(LENGTH);
        self.push(&mut text);
        f.write_str(&text)
    }
}

impl FromStr for EventId {
    type Err = ParseEventIdError;

    fn from_str(text: &str) -> Result<Self, ParseEventIdError> {
        let mut parts = text.split('-');
        let mut next = |width| {
            let part = parts.next().filter(|part| part.len() == width)?;
            part.bytes().try_fold(0, |number: u64, digit| {
                let digit = match digit {
                    b'0'..=b'9' => digit - b'0',
                    b'a'..=b'f' => digit - b'a' + 10,
                    _ => return None,
                };
                Some(number << 4 | u64::from(digit))
            })
        };
        let [epoch, commit, index] = WIDTHS.map(&mut next);
        let (Some(epoch), Some(commit), Some(index), None) = (epoch, commit, index, parts.next()) else {
            return Err(ParseEventIdError);
        };
        let epoch = u32::try_from(epoch).map_err(|_| ParseEventIdError)?;
        Ok(Self { epoch, commit: Lsn(commit), index })
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
