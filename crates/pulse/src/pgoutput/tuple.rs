//! The values of a row.

use bytes::Bytes;

use super::reader::{Malformed, Reader};

/// A row's values, in the order of the relation's columns. Sound since it was read; nothing is copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tuple {
    count: u16,
    bytes: Bytes,
}

/// One value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'a> {
    /// SQL's null.
    Null,
    /// A long value that lies out of line and was not touched; the server does not send it.
    Unchanged,
    /// As the type's output function writes it.
    Text(&'a str),
}

impl Tuple {
    /// Walks over a tuple at the reader's front.
    pub(super) fn read(reader: &mut Reader) -> Result<Self, Malformed> {
        let count = reader.u16()?;
        let whole: &[u8] = &reader.0;
        let mut rest = whole;
        for _ in 0..count {
            let (kind, behind) = rest.split_first().ok_or(Malformed)?;
            rest = match kind {
                b'n' | b'u' => behind,
                b't' => {
                    let (length, behind) = behind.split_first_chunk().ok_or(Malformed)?;
                    let length = usize::try_from(i32::from_be_bytes(*length)).map_err(|_| Malformed)?;
                    let (text, behind) = behind.split_at_checked(length).ok_or(Malformed)?;
                    str::from_utf8(text).map_err(|_| Malformed)?;
                    behind
                }
                // Binary values were not asked for.
                _ => return Err(Malformed),
            };
        }
        let length = whole.len() - rest.len();
        Ok(Self { count, bytes: reader.take(length)? })
    }

    /// How many values there are.
    #[must_use]
    pub fn len(&self) -> usize {
        usize::from(self.count)
    }

    /// Whether the row has no column.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The values.
    pub fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        let mut rest: &[u8] = &self.bytes;
        std::iter::from_fn(move || {
            let (kind, behind) = rest.split_first()?;
            rest = behind;
            Some(match kind {
                b'n' => Cell::Null,
                b'u' => Cell::Unchanged,
                _ => {
                    let (length, behind) = rest.split_first_chunk()?;
                    let (text, behind) = behind.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
                    rest = behind;
                    Cell::Text(str::from_utf8(text).ok()?)
                }
            })
        })
    }
}
