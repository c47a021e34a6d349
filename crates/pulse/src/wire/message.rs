//! Messages of the server.

use bytes::{Buf, Bytes, BytesMut};

use super::Row;
use crate::{Error, error::SqlState};

/// What the body of any message but a change may have.
const LONGEST: usize = 1024 * 1024;
/// Memory is taken by and by: what a length promises may never come.
const AT_ONCE: usize = 1024 * 1024;
/// How much of a message that is too large is kept, to know what it was.
const HEAD: usize = 64;

/// What lies in front.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// A message: its kind and body.
    Whole(u8, Bytes),
    /// The head of a change that is too large; so many of its bytes are still to be passed over.
    Oversized { head: Bytes, left: usize, length: usize },
}

/// Takes the first message out of what was read, once it is whole. A change of more than `most` bytes is not waited for.
pub(super) fn take(inbox: &mut BytesMut, most: usize) -> Result<Option<Taken>, Error> {
    let Some(&[kind, ref length @ ..]) = inbox.first_chunk::<5>() else { return Ok(None) };
    let length = usize::try_from(u32::from_be_bytes(*length)).ok().and_then(|length| length.checked_sub(4));
    let length = length.ok_or(Error::NotPostgres)?;
    let is_oversized = length > most.max(HEAD);
    match kind {
        b'd' => {}
        b'D' if is_oversized => return Err(Error::TooLarge(most)),
        b'D' => {}
        _ if length > LONGEST => return Err(Error::NotPostgres),
        _ => {}
    }
    let whole = 5 + if is_oversized && kind == b'd' { HEAD } else { length };
    if inbox.len() < whole {
        inbox.reserve((whole - inbox.len()).min(AT_ONCE));
        return Ok(None);
    }
    inbox.advance(5);
    let body = inbox.split_to(whole - 5).freeze();
    Ok(Some(if body.len() == length {
        Taken::Whole(kind, body)
    } else {
        Taken::Oversized { left: length - HEAD, head: body, length }
    }))
}

/// The columns of a `DataRow`.
pub(super) fn row(mut body: Bytes) -> Result<Row, Error> {
    let malformed = |_| Error::NotPostgres;
    let count = body.try_get_u16().map_err(malformed)?;
    let mut row = Row::new();
    for _ in 0..count {
        let length = body.try_get_i32().map_err(malformed)?;
        if length == -1 {
            row.push(None);
            continue;
        }
        let length = usize::try_from(length).ok().filter(|length| *length <= body.len()).ok_or(Error::NotPostgres)?;
        let text = body.split_to(length);
        row.push(Some(str::from_utf8(&text).map_err(|_| Error::NotPostgres)?.to_owned()));
    }
    if body.is_empty() { Ok(row) } else { Err(Error::NotPostgres) }
}

/// The refusal in an `ErrorResponse`: fields of a letter and a text, each with a zero byte behind it.
pub(super) fn refusal(body: &[u8]) -> Error {
    let code = body.split(|byte| *byte == 0).find_map(|field| field.strip_prefix(b"C"));
    code.and_then(SqlState::parse).map_or(Error::NotPostgres, Error::Refused)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Dice;

    #[test]
    fn of_a_change_that_is_too_large_the_head_is_kept() {
        let mut inbox = BytesMut::from(&b"d\0\x10\0\x04"[..]);
        inbox.resize(5 + HEAD - 1, 7);
        assert_eq!(take(&mut inbox, 1000), Ok(None));
        inbox.resize(5 + HEAD + 10, 7);
        let head = vec![7; HEAD].into();
        assert_eq!(
            take(&mut inbox, 1000),
            Ok(Some(Taken::Oversized { head, left: 0x10_0000 - HEAD, length: 0x10_0000 }))
        );
        assert_eq!(inbox.len(), 10);
        assert_eq!(take(&mut BytesMut::from(&b"D\0\x10\0\x04"[..]), 1000), Err(Error::TooLarge(1000)));
    }

    #[test]
    fn no_bytes_make_it_panic() {
        let samples: [&[u8]; 4] = [
            b"D\0\0\0\x13\0\x02\0\0\0\x05hello\xff\xff\xff\xff",
            b"E\0\0\0\x0eSERROR\0C55006\0\0",
            b"d\0\0\0\x05k",
            b"W\0\0\0\x07\0\0\0",
        ];
        let mut dice = Dice::new(7);
        for _ in 0..50_000 {
            let mut bytes = dice.pick(&samples).map(|sample| sample.to_vec()).unwrap_or_default();
            dice.mutate(&mut bytes, samples[0]);
            let mut inbox = BytesMut::from(&bytes[..]);
            while let Ok(Some(taken)) = take(&mut inbox, usize::MAX) {
                match taken {
                    Taken::Whole(b'D', body) => drop(row(body)),
                    Taken::Whole(b'E', body) => drop(refusal(&body)),
                    _ => {}
                }
            }
            assert!(inbox.capacity() <= 2 * AT_ONCE + 64 * 1024);
        }
        assert_eq!(refusal(b"SERROR\0C55006\0Mdetails\0\0"), Error::Refused(SqlState::OBJECT_IN_USE));
        assert_eq!(row(samples[0][5..].to_vec().into()).unwrap(), [Some("hello".to_owned()), None]);
    }
}
