//! One signed-in session.

use std::{
    future::poll_fn,
    pin::{Pin, pin},
    task::{Context, Poll, ready},
};

use bytes::{Buf, BufMut, Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWrite};
use upstream::{CancelKey, ConnectionString, Dialer, Session, SessionStream};

use super::{
    Row,
    message::{self, Taken},
};
use crate::Error;

/// How much is read at once.
const READ: usize = 64 * 1024;
/// Rows of one query: a checklist has a few, and one for each table.
const ROWS: usize = 100_000;

/// Of a row or a piece of a copy, unless the caller says otherwise.
const MOST: usize = 64 * 1024 * 1024;

/// What a session is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Statements of SQL.
    Sql,
    /// Statements of SQL, and replication.
    Replication,
}

/// The forms in which values are understood here, and quotations that end where they seem to.
const SETTINGS: [(&str, &str); 6] = [
    ("TimeZone", "UTC"),
    ("DateStyle", "ISO, YMD"),
    ("IntervalStyle", "postgres"),
    ("bytea_output", "hex"),
    ("extra_float_digits", "1"),
    ("standard_conforming_strings", "on"),
];

/// A piece of a copy.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Copied {
    Whole(Bytes),
    /// Larger than what is taken: its head, and how long it was.
    Oversized {
        head: Bytes,
        length: usize,
    },
}

/// A change that is passed over.
struct Skipped {
    head: Bytes,
    left: usize,
    length: usize,
}

/// A session and what was read of it and is to be written. Everything that waits here may be given up and taken up again.
pub(crate) struct Connection {
    stream: SessionStream,
    inbox: BytesMut,
    outbox: BytesMut,
    is_flushed: bool,
    skipped: Option<Skipped>,
    most: usize,
    key: CancelKey,
    version: u32,
}

impl Connection {
    pub(crate) async fn open(dialer: &Dialer, target: &ConnectionString, mode: Mode) -> Result<Self, Error> {
        let mut parameters = SETTINGS.to_vec();
        match mode {
            Mode::Replication => parameters.push(("replication", "database")),
            Mode::Sql => parameters.extend([("statement_timeout", "15s"), ("search_path", "pg_catalog")]),
        }
        let Session { stream, key, server_version, .. } = dialer.open_session(target, &parameters).await?;
        let digits: String = server_version.chars().take_while(char::is_ascii_digit).collect();
        let version = digits.parse().map_err(|_| Error::NotPostgres)?;
        let inbox = BytesMut::with_capacity(READ);
        Ok(Self { stream, inbox, outbox: BytesMut::new(), is_flushed: true, skipped: None, most: MOST, key, version })
    }

    /// The server's major version.
    pub(crate) fn version(&self) -> u32 {
        self.version
    }

    /// What cancels the statement that runs.
    pub(crate) fn cancel_key(&self) -> &CancelKey {
        &self.key
    }

    /// Runs statements; the rows of them all.
    pub(crate) async fn ask(&mut self, sql: &str) -> Result<Vec<Row>, Error> {
        self.queue(b'Q', &[sql.as_bytes(), &[0]]);
        let (mut rows, mut refusal) = (Vec::new(), None);
        loop {
            let next = self.message().await;
            // A refusal that ends the session says more than its end.
            let (kind, body) = next.map_err(|error| refusal.clone().unwrap_or(error))?;
            match kind {
                b'D' if rows.len() < ROWS => rows.push(message::row(body)?),
                b'D' => return Err(Error::TooLarge(ROWS)),
                b'E' => refusal = Some(message::refusal(&body)),
                b'Z' => return refusal.map_or(Ok(rows), Err),
                b'T' | b'C' | b'I' | b'N' | b'S' | b'A' => {}
                _ => return Err(Error::NotPostgres),
            }
        }
    }

    /// Runs a command that begins a copy in both directions.
    pub(crate) async fn begin_copy(&mut self, command: &str) -> Result<(), Error> {
        self.queue(b'Q', &[command.as_bytes(), &[0]]);
        loop {
            let (kind, body) = self.message().await?;
            match kind {
                b'W' => return Ok(()),
                b'E' => return Err(message::refusal(&body)),
                b'N' | b'S' => {}
                _ => return Err(Error::NotPostgres),
            }
        }
    }

    /// Passes over pieces of a copy that have more bytes.
    pub(crate) fn take_at_most(&mut self, most: usize) {
        self.most = most;
    }

    /// The next piece of the copy; sends meanwhile what is queued.
    pub(crate) async fn copied(&mut self) -> Result<Copied, Error> {
        loop {
            let taken = self.taken().await?;
            if let Some(copied) = copied(taken)? {
                return Ok(copied);
            }
        }
    }

    /// The next piece of the copy where it was read already.
    pub(crate) fn copied_already(&mut self) -> Result<Option<Copied>, Error> {
        while let Some(taken) = self.taken_already()? {
            if let Some(copied) = copied(taken)? {
                return Ok(Some(copied));
            }
        }
        Ok(None)
    }

    /// Queues a piece of the copy for the server.
    pub(crate) fn queue_copy(&mut self, body: &[u8]) {
        self.queue(b'd', &[body]);
    }

    /// Whether something is still to be written.
    pub(crate) fn has_queued(&self) -> bool {
        !self.outbox.is_empty() || !self.is_flushed
    }

    /// Writes what is queued, and reads nothing.
    pub(crate) async fn flush(&mut self) -> Result<(), Error> {
        poll_fn(|cx| self.poll_write(cx)).await
    }

    async fn message(&mut self) -> Result<(u8, Bytes), Error> {
        match self.taken().await? {
            Taken::Whole(kind, body) => Ok((kind, body)),
            Taken::Oversized { .. } => Err(Error::NotPostgres),
        }
    }

    /// The next message, or the head of one that was passed over whole.
    async fn taken(&mut self) -> Result<Taken, Error> {
        loop {
            if let Some(taken) = self.taken_already()? {
                return Ok(taken);
            }
            self.inbox.reserve(READ);
            let read = poll_fn(|cx| {
                // A server that does not read must not keep us from reading.
                if let Poll::Ready(Err(error)) = self.poll_write(cx) {
                    return Poll::Ready(Err(error));
                }
                let read = ready!(pin!(self.stream.read_buf(&mut self.inbox)).poll(cx));
                Poll::Ready(read.map_err(|_| Error::Closed))
            });
            if read.await? == 0 {
                return Err(Error::Closed);
            }
        }
    }

    fn taken_already(&mut self) -> Result<Option<Taken>, Error> {
        if self.skipped.is_none() {
            match message::take(&mut self.inbox, self.most)? {
                Some(Taken::Oversized { head, left, length }) => self.skipped = Some(Skipped { head, left, length }),
                taken => return Ok(taken),
            }
        }
        let Some(mut skipped) = self.skipped.take() else { return Ok(None) };
        let here = skipped.left.min(self.inbox.len());
        self.inbox.advance(here);
        skipped.left -= here;
        if skipped.left > 0 {
            self.skipped = Some(skipped);
            return Ok(None);
        }
        let Skipped { head, left, length } = skipped;
        Ok(Some(Taken::Oversized { head, left, length }))
    }

    fn queue(&mut self, kind: u8, parts: &[&[u8]]) {
        let length = 4 + parts.iter().map(|part| part.len()).sum::<usize>();
        self.outbox.put_u8(kind);
        self.outbox.put_u32(u32::try_from(length).unwrap_or(u32::MAX));
        parts.iter().for_each(|part| self.outbox.put_slice(part));
        self.is_flushed = false;
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        while self.outbox.has_remaining() {
            match ready!(Pin::new(&mut self.stream).poll_write(cx, &self.outbox)) {
                Ok(0) | Err(_) => return Poll::Ready(Err(Error::Closed)),
                Ok(written) => self.outbox.advance(written),
            }
        }
        if !self.is_flushed {
            ready!(Pin::new(&mut self.stream).poll_flush(cx)).map_err(|_| Error::Closed)?;
            self.is_flushed = true;
        }
        Poll::Ready(Ok(()))
    }
}

/// The piece of the copy that a message is; none for what is said beside it.
fn copied(taken: Taken) -> Result<Option<Copied>, Error> {
    let (kind, body) = match taken {
        Taken::Whole(kind, body) => (kind, body),
        Taken::Oversized { head, length, .. } => return Ok(Some(Copied::Oversized { head, length })),
    };
    match kind {
        b'd' => Ok(Some(Copied::Whole(body))),
        b'E' => Err(message::refusal(&body)),
        b'N' | b'S' => Ok(None),
        // The server has shut down in peace, or has nothing more to tell.
        b'c' | b'C' | b'Z' => Err(Error::Closed),
        _ => Err(Error::NotPostgres),
    }
}
