//! From bytes to messages.

use bytes::{Buf, Bytes};

use super::{Malformed, Message, Old, Relation, Tuple, TypeName, reader::Reader};

/// A message without what only the stream around it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What kind of message it is.
    pub tag: u8,
    /// Of which transaction or sub-transaction it is, where it was streamed before the commit.
    pub xid: Option<u32>,
    /// Everything else.
    pub body: Bytes,
}

/// Takes a message apart. Between [`Message::StreamStart`] and [`Message::StreamStop`] `in_stream` is true: changes name their transaction there.
///
/// # Errors
/// [`Malformed`] for one that is too short.
pub fn split(mut message: Bytes, in_stream: bool) -> Result<Part, Malformed> {
    let tag = message.try_get_u8().map_err(|_| Malformed)?;
    let names_xid = in_stream && matches!(tag, b'R' | b'Y' | b'I' | b'U' | b'D' | b'T' | b'M');
    let xid = names_xid.then(|| message.try_get_u32()).transpose().map_err(|_| Malformed)?;
    Ok(Part { tag, xid, body: message })
}

/// The table that an insert, update or delete changes.
#[must_use]
pub fn relation_of(body: &[u8]) -> Option<u32> {
    body.first_chunk().map(|id| u32::from_be_bytes(*id))
}

/// Reads the message of this kind.
///
/// # Errors
/// [`Malformed`] for whatever is not one of protocol version 1 or 2, whole and without a byte behind it.
pub fn decode(tag: u8, body: &Bytes) -> Result<Message, Malformed> {
    let mut reader = Reader(body.clone());
    let reader = &mut reader;
    let message = match tag {
        b'B' => {
            let commit = reader.lsn()?;
            reader.skip_time()?;
            Message::Begin { commit, xid: reader.u32()? }
        }
        b'C' => {
            // Flags, of which there are none yet.
            reader.u8()?;
            let (commit, end) = (reader.lsn()?, reader.lsn()?);
            reader.skip_time()?;
            Message::Commit { commit, end }
        }
        b'O' => {
            reader.lsn()?;
            reader.text()?;
            Message::Origin
        }
        b'R' => Message::Relation(Relation::read(reader)?),
        b'Y' => Message::Type(TypeName::read(reader)?),
        b'I' => {
            let relation = reader.u32()?;
            expect(reader, b'N')?;
            Message::Insert { relation, new: Tuple::read(reader)? }
        }
        b'U' => {
            let relation = reader.u32()?;
            let old = match reader.u8()? {
                b'N' => None,
                kind => {
                    let old = old(kind, reader)?;
                    expect(reader, b'N')?;
                    Some(old)
                }
            };
            Message::Update { relation, old, new: Tuple::read(reader)? }
        }
        b'D' => {
            let relation = reader.u32()?;
            let kind = reader.u8()?;
            Message::Delete { relation, old: old(kind, reader)? }
        }
        b'T' => {
            let count = reader.u32()?;
            // Options: whether it cascades and restarts sequences.
            reader.u8()?;
            // The bytes that are there bound how many there can be.
            if usize::try_from(count).ok().and_then(|count| count.checked_mul(4)) != Some(reader.0.len()) {
                return Err(Malformed);
            }
            Message::Truncate { relations: (0..count).map(|_| reader.u32()).collect::<Result<_, _>>()? }
        }
        b'M' => {
            let is_transactional = reader.u8()? & 1 == 1;
            let (at, prefix, length) = (reader.lsn()?, reader.text()?, reader.u32()?);
            let content = reader.take(usize::try_from(length).map_err(|_| Malformed)?)?;
            Message::Logical { is_transactional, at, prefix, content }
        }
        b'S' => Message::StreamStart { xid: reader.u32()?, is_first: reader.u8()? & 1 == 1 },
        b'E' => Message::StreamStop,
        b'c' => {
            let xid = reader.u32()?;
            reader.u8()?;
            let (commit, end) = (reader.lsn()?, reader.lsn()?);
            reader.skip_time()?;
            Message::StreamCommit { xid, commit, end }
        }
        b'A' => Message::StreamAbort { xid: reader.u32()?, subxid: reader.u32()? },
        _ => return Err(Malformed),
    };
    reader.finish(message)
}

fn old(kind: u8, reader: &mut Reader) -> Result<Old, Malformed> {
    match kind {
        b'K' => Tuple::read(reader).map(Old::Key),
        b'O' => Tuple::read(reader).map(Old::Row),
        _ => Err(Malformed),
    }
}

fn expect(reader: &mut Reader, tag: u8) -> Result<(), Malformed> {
    if reader.u8()? == tag { Ok(()) } else { Err(Malformed) }
}
