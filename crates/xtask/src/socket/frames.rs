//! Frames of a WebSocket (RFC 6455), as a client has to do with them.

use std::io::{self, ErrorKind, Read};
use std::net::TcpStream;

pub const TEXT: u8 = 1;

const CLOSE: u8 = 8;
const PIECE: usize = 1 << 20;

#[derive(Debug, PartialEq, Eq)]
pub enum Frame<'a> {
    Text(&'a [u8]),
    Close(u16),
    Other,
}

/// What was read and not handed on.
pub struct Inbox {
    bytes: Vec<u8>,
    /// Of what is read.
    length: usize,
    taken: usize,
}

impl Inbox {
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { length: bytes.len(), bytes, taken: 0 }
    }

    /// Reads once. The buffer grows to what is there to be read: a thousand sockets need no large one each.
    pub fn fill(&mut self, stream: &mut TcpStream) -> io::Result<usize> {
        self.bytes.copy_within(self.taken..self.length, 0);
        self.length -= self.taken;
        self.taken = 0;
        if self.bytes.len() < self.length * 2 || self.bytes.len() < 4096 {
            self.bytes.resize((self.length * 2).max(16 * 1024), 0);
        }
        let read = stream.read(&mut self.bytes[self.length..])?;
        self.length += read;
        if self.length == self.bytes.len() && self.bytes.len() < PIECE {
            self.bytes.resize(self.length * 4, 0);
        }
        Ok(read)
    }

    /// The next whole frame. A server never cuts messages here, nor masks them.
    pub fn next(&mut self) -> io::Result<Option<Frame<'_>>> {
        let rest = &self.bytes[self.taken..self.length];
        let [first, second, ..] = rest else { return Ok(None) };
        let (head, length) = match second {
            126 => match rest.get(2..4) {
                Some(length) => (4, length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte))),
                None => return Ok(None),
            },
            127 => match rest.get(2..10) {
                Some(length) => (10, length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte))),
                None => return Ok(None),
            },
            length if *length < 126 => (2, usize::from(*length)),
            _ => return Err(ErrorKind::InvalidData.into()),
        };
        let kind = first & 15;
        if first & 0x80 == 0 {
            return Err(ErrorKind::InvalidData.into());
        }
        let Some(body) = rest.get(head..head + length) else { return Ok(None) };
        self.taken += head + length;
        Ok(Some(match kind {
            TEXT => Frame::Text(body),
            CLOSE => Frame::Close(body.first_chunk().map_or(1005, |code| u16::from_be_bytes(*code))),
            _ => Frame::Other,
        }))
    }
}

/// Appends a frame. Clients have to mask: with zeros, which change nothing.
pub fn put(out: &mut Vec<u8>, kind: u8, body: &[u8]) {
    out.push(0x80 | kind);
    match u16::try_from(body.len()) {
        Ok(length) if length < 126 => out.push(0x80 | length.to_le_bytes()[0]),
        Ok(length) => {
            out.push(0x80 | 126);
            out.extend_from_slice(&length.to_be_bytes());
        }
        Err(_) => {
            out.push(0x80 | 127);
            out.extend_from_slice(&(body.len() as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(body);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_read_whole_or_not_at_all() {
        let mut bytes = vec![0x81, 3, b'a', b'b', b'c', 0x81, 126, 1, 0];
        bytes.extend([b'x'; 256]);
        bytes.extend([0x88, 2, 3, 233]);
        for cut in 0..bytes.len() {
            let mut inbox = Inbox::new(bytes[..cut].to_vec());
            let mut whole = 0;
            while inbox.next().unwrap().is_some() {
                whole += 1;
            }
            assert_eq!(whole, usize::from(cut >= 5) + usize::from(cut >= 265), "{cut}");
        }
        let mut inbox = Inbox::new(bytes);
        assert_eq!(inbox.next().unwrap(), Some(Frame::Text(b"abc")));
        assert!(matches!(inbox.next().unwrap(), Some(Frame::Text(text)) if text.len() == 256));
        assert_eq!(inbox.next().unwrap(), Some(Frame::Close(1001)));
        assert!(Inbox::new(vec![0x81, 0x83]).next().is_err(), "a server does not mask");
    }
}
