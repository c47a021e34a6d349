//! Messages of the server.

use bytes::{Buf, Bytes, BytesMut};

use super::Row;
use crate::{Error, error::SqlState};

/// What the body of any message but a change may have.
const LONGEST: usize = 1024 * 1024;
/// What a change may have: the most that Postgres itself puts into one value, and a row of others beside it.
const LONGEST_CHANGE: usize = 1024 * 1024 * 1024;

/// Takes the first message out of what was read, once it is whole; its kind and body.
pub(super) fn take(inbox: &mut BytesMut) -> Result<Option<(u8, Bytes)>, Error> {
    let Some(&[kind, ref length @ ..]) = inbox.first_chunk::<5>() else { return Ok(None) };
    let length = usize::try_from(u32::from_be_bytes(*length)).ok().and_then(|length| length.checked_sub(4));
    let length = length.ok_or(Error::NotPostgres)?;
    match kind {
        b'd' | b'D' if length > LONGEST_CHANGE => return Err(Error::TooLarge(LONGEST_CHANGE)),
        b'd' | b'D' => {}
        _ if length > LONGEST => return Err(Error::NotPostgres),
        _ => {}
    }
    if inbox.len() < 5 + length {
        inbox.reserve(5 + length - inbox.len());
        return Ok(None);
    }
    inbox.advance(5);
    Ok(Some((kind, inbox.split_to(length).freeze())))
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
            // A length is no reason to take memory before the bytes are there: the bound of a change is for honest ones.
            if bytes.first_chunk::<3>().is_some_and(|[_, high, low]| *high != 0 || *low != 0) {
                continue;
            }
            let mut inbox = BytesMut::from(&bytes[..]);
            while let Ok(Some((kind, body))) = take(&mut inbox) {
                match kind {
                    b'D' => drop(row(body)),
                    b'E' => drop(refusal(&body)),
                    _ => {}
                }
            }
        }
        assert_eq!(refusal(b"SERROR\0C55006\0Mdetails\0\0"), Error::Refused(SqlState::OBJECT_IN_USE));
        assert_eq!(row(samples[0][5..].to_vec().into()).unwrap(), [Some("hello".to_owned()), None]);
    }
}
