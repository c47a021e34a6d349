//! A subscriber of Pulse that costs next to nothing: the WebSocket of `@prisma/extension-pulse`, read in large pieces.

mod crowd;
mod frames;

pub use crowd::Crowd;

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use frames::{Frame, Inbox};

const PATIENCE: Duration = Duration::from_secs(30);
/// Any 16 bytes do.
const KEY: &str = "cGVudGFwcmlzbSBwdWxzZQ==";
/// Where the id stands in `{"id":"00000001-0000000001a2b3c4-000000000000",…`.
const ID: std::ops::Range<usize> = 7..45;

/// What an upgrade asks for.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub address: SocketAddr,
    pub key: String,
    /// The header `subscription`.
    pub subscription: String,
    /// The name of a stream; without one only what comes is told.
    pub stream: Option<String>,
}

/// What an upgrade came to.
pub enum Answered {
    Open(Socket),
    /// Status and body.
    Refused(u16, String),
}

/// Something that was read.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard<'a> {
    /// An event as JSON.
    Event(&'a [u8]),
    /// The server's farewell.
    Closed(u16),
}

/// An open WebSocket.
pub struct Socket {
    stream: TcpStream,
    inbox: Inbox,
    outbox: Vec<u8>,
}

impl Wanted {
    /// A model of columns with Prisma's type of each, and no filter.
    pub fn model(address: SocketAddr, key: &str, table: &str, columns: &[(&str, &str)], stream: Option<&str>) -> Self {
        let field = |(name, kind): &(&str, &str)| json!({ "name": name, "kind": "scalar", "type": kind });
        let fields: Vec<Value> = columns.iter().map(field).collect();
        let subscription = json!({ "modelName": table, "model": { "dbName": null, "fields": fields }, "where": {} });
        let (key, stream) = (key.to_owned(), stream.map(str::to_owned));
        Self { address, key, subscription: subscription.to_string(), stream }
    }

    /// Asks once.
    ///
    /// # Errors
    /// Where the server hangs up, or says what is no HTTP.
    pub fn try_open(&self) -> Result<Answered> {
        let Self { address, key, subscription, stream } = self;
        let path = if stream.is_some() { "/stream" } else { "/subscribe" };
        let name = json!({ "name": stream });
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: {KEY}\r\nauthorization: Bearer {key}\r\nsubscription: {subscription}\r\nstream: {name}\r\nprisma-client-version: 7.10.0\r\n\r\n"
        );
        let mut socket = TcpStream::connect(address)?;
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.write_all(request.as_bytes())?;
        let (status, head, body) = head(&mut socket)?;
        if status == 101 {
            return Ok(Answered::Open(Socket { stream: socket, inbox: Inbox::new(body), outbox: Vec::new() }));
        }
        let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        let mut body = body;
        while body.len() < length.unwrap_or(0) {
            let mut piece = [0; 1024];
            match socket.read(&mut piece)? {
                0 => break,
                read => body.extend_from_slice(&piece[..read]),
            }
        }
        Ok(Answered::Refused(status, String::from_utf8_lossy(&body).into_owned()))
    }

    /// # Errors
    /// Where the server refuses.
    pub fn open(&self) -> Result<Socket> {
        match self.try_open()? {
            Answered::Open(socket) => Ok(socket),
            Answered::Refused(status, body) => bail!("a subscriber was refused: {status} {body}"),
        }
    }
}

/// Status, head, and what was read behind it.
fn head(socket: &mut TcpStream) -> Result<(u16, String, Vec<u8>)> {
    let (mut read, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let length = socket.read(&mut piece).context("the upgrade was not answered")?;
        read.extend_from_slice(&piece[..length]);
        if let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") {
            let behind = read.split_off(end + 4);
            let head = String::from_utf8_lossy(&read).into_owned();
            let status = head.get(9..12).and_then(|status| status.parse().ok());
            return Ok((status.context("the answer has a status")?, head, behind));
        }
        if length == 0 {
            bail!("the server hung up on an upgrade");
        }
    }
}

impl Socket {
    /// Does not wait any more: [`Socket::read`] answers false where nothing is there.
    pub fn set_nonblocking(&self) -> io::Result<()> {
        self.stream.set_nonblocking(true)
    }

    /// How long [`Socket::read`] waits.
    pub fn set_patience(&self, time: Duration) -> io::Result<()> {
        self.stream.set_read_timeout(Some(time))
    }

    /// Reads once, and hands on all that is whole. False where nothing came.
    ///
    /// # Errors
    /// Where the server has hung up.
    pub fn read(&mut self, mut heard: impl FnMut(Heard<'_>)) -> io::Result<bool> {
        match self.inbox.fill(&mut self.stream) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(_) => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => return Ok(false),
            Err(error) => return Err(error),
        }
        while let Some(frame) = self.inbox.next()? {
            match frame {
                Frame::Text(text) => heard(Heard::Event(text)),
                Frame::Close(code) => heard(Heard::Closed(code)),
                Frame::Other => {}
            }
        }
        Ok(true)
    }

    /// Queues the acknowledgement of an event, as the client makes one for each.
    pub fn acknowledge(&mut self, id: &[u8]) {
        let said = [br#"{"type":"ack","id":""#, id, br#""}"#].concat();
        frames::put(&mut self.outbox, frames::TEXT, &said);
    }

    /// Queues bytes that need be no frame.
    pub fn say_raw(&mut self, bytes: &[u8]) {
        self.outbox.extend_from_slice(bytes);
    }

    /// Sends what is queued.
    pub fn flush(&mut self) -> io::Result<()> {
        self.stream.write_all(&self.outbox)?;
        self.outbox.clear();
        Ok(())
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

/// The id of an event.
pub fn id(event: &[u8]) -> &[u8] {
    event.get(ID).unwrap_or_default()
}

/// A whole number behind `"name":`, tagged as a `BigInt` or not.
pub fn number(event: &[u8], name: &str) -> Option<u64> {
    let name = format!("\"{name}\":");
    let at = event.windows(name.len()).position(|window| window == name.as_bytes())? + name.len();
    let rest = event.get(at..)?;
    let rest = rest.strip_prefix(br#"{"$type":"BigInt","value":""#).unwrap_or(rest);
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(None, |number: Option<u64>, digit| {
        Some(number.unwrap_or(0).wrapping_mul(10).wrapping_add(u64::from(digit - b'0')))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_numbers_are_found_in_events() {
        let event = br#"{"id":"00000001-0000000001a2b3c4-00000000000a","action":"create","created":{"id":7,"at":{"$type":"BigInt","value":"1700"}}}"#;
        assert_eq!(id(event), b"00000001-0000000001a2b3c4-00000000000a");
        assert_eq!((number(event, "at"), number(event, "none")), (Some(1700), None));
        assert_eq!(number(&event[60..], "id"), Some(7));
    }
}
