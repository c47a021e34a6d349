//! The simple protocol, as far as the few statements of `store.rs` need it.

use postgres_protocol::message::frontend;

use super::messages;
use crate::{
    DialError, answer,
    store::{Ask, Failure, Row},
    wire::Wire,
};

impl Ask for Wire {
    async fn ask(&mut self, sql: &str) -> Result<Option<Row>, Failure> {
        let mut query = Default::default();
        frontend::query(sql, &mut query).map_err(|error| Failure::Broken(answer::of_stream(&error)))?;
        messages::send(self, &query).await.map_err(Failure::Broken)?;
        let mut first = None;
        let mut refusal = None;
        loop {
            let message = match messages::read(self).await {
                Ok(message) => message,
                // A refusal that ends the session says more than its end.
                Err(error) => return Err(Failure::Broken(refusal.unwrap_or(error))),
            };
            match (message.tag, message.body.as_slice()) {
                (b'D', body) if first.is_none() => {
                    first = Some(columns(body).ok_or(Failure::Broken(DialError::NotPostgres))?);
                }
                (b'E', body) => refusal = Some(answer::of_response(body)),
                (b'Z', b"I") => return refusal.map_or(Ok(first), |refusal| Err(Failure::Refused(refusal))),
                // Rows behind the first, what describes and ends them, and what a server may say at any time.
                (b'D' | b'T' | b'C' | b'N' | b'S' | b'A', _) => {}
                _ => return Err(Failure::Broken(DialError::NotPostgres)),
            }
        }
    }
}

/// The body of a `DataRow`: how many columns, then of each its length, -1 for null, and its text.
fn columns(body: &[u8]) -> Option<Row> {
    let (count, mut rest) = body.split_first_chunk()?;
    let mut row = Row::new();
    for _ in 0..u16::from_be_bytes(*count) {
        let (length, behind) = rest.split_first_chunk()?;
        let (text, behind) = match i32::from_be_bytes(*length) {
            -1 => (None, behind),
            length => {
                let (text, behind) = behind.split_at_checked(usize::try_from(length).ok()?)?;
                (Some(str::from_utf8(text).ok()?.to_owned()), behind)
            }
        };
        row.push(text);
        rest = behind;
    }
    rest.is_empty().then_some(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_whole_or_not_at_all() {
        let body = [&[0, 3, 0, 0, 0, 2], b"ab".as_slice(), &[0xff; 4], &[0; 4]].concat();
        assert_eq!(columns(&body), Some(vec![Some("ab".to_owned()), None, Some(String::new())]));
        for length in 0..body.len() {
            assert_eq!(columns(&body[..length]), None, "{length}");
        }
        assert_eq!(columns(&[&body, [0].as_slice()].concat()), None);
        assert_eq!(columns(&[0, 1, 0xff, 0xff, 0xff, 0xfe]), None);
        assert_eq!(columns(&[0, 1, 0, 0, 0, 1, 0xff]), None);
    }
}
