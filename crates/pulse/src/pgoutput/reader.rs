//! Reads a message from front to back.

use bytes::{Buf, Bytes};

use crate::Lsn;

/// The bytes are no message of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the server sent what is no message of logical replication")]
pub struct Malformed;

pub(super) struct Reader(pub(super) Bytes);

impl Reader {
    pub(super) fn take(&mut self, count: usize) -> Result<Bytes, Malformed> {
        (count <= self.0.len()).then(|| self.0.split_to(count)).ok_or(Malformed)
    }

    pub(super) fn u8(&mut self) -> Result<u8, Malformed> {
        self.0.try_get_u8().map_err(|_| Malformed)
    }

    pub(super) fn u16(&mut self) -> Result<u16, Malformed> {
        self.0.try_get_u16().map_err(|_| Malformed)
    }

    pub(super) fn u32(&mut self) -> Result<u32, Malformed> {
        self.0.try_get_u32().map_err(|_| Malformed)
    }

    pub(super) fn lsn(&mut self) -> Result<Lsn, Malformed> {
        self.0.try_get_u64().map(Lsn).map_err(|_| Malformed)
    }

    /// A time of the server, which nobody here reads: microseconds since 2000.
    pub(super) fn skip_time(&mut self) -> Result<(), Malformed> {
        self.take(8).map(drop)
    }

    /// A text that ends with a zero byte.
    pub(super) fn text(&mut self) -> Result<Box<str>, Malformed> {
        let end = self.0.iter().position(|byte| *byte == 0).ok_or(Malformed)?;
        let text = self.take(end)?;
        self.0.advance(1);
        str::from_utf8(&text).map(Into::into).map_err(|_| Malformed)
    }

    /// `value`, unless something is left.
    pub(super) fn finish<T>(&self, value: T) -> Result<T, Malformed> {
        if self.0.is_empty() { Ok(value) } else { Err(Malformed) }
    }
}
