use super::message::{Cells, Columns, Malformed, ServerError};
use super::params::Params;
use super::statements::Statements;
use bytes::{Buf, Bytes, BytesMut};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use upstream::{CancelKey, Session, SessionStream};

/// Read at once at least.
const READ: usize = 16 * 1024;
/// A buffer that grew beyond this is given back after the query.
const KEPT: usize = 256 * 1024;
/// The longest message that is no row: a refusal may quote much, and names of columns are short.
const LONGEST: usize = 16 * 1024 * 1024;

/// A session with a customer's database, one query at a time.
pub struct Connection {
    stream: SessionStream,
    inbox: BytesMut,
    outbox: Vec<u8>,
    statements: Statements,
    /// Whether statements get names; a pooler between us and the database may not keep them.
    named: bool,
    status: Status,
    /// Exchanges in the outbox, and those that were sent and have not come to their end. While there are any of these, what comes next on the stream
    /// is not an answer to what is asked next.
    queued: usize,
    awaited: usize,
    cancel: CancelKey,
}

/// Where the session stands between two queries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Idle,
    InTransaction,
    FailedTransaction,
}

/// What a query did.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Completion {
    /// `INSERT`, `SELECT`, `CREATE TABLE`: the words of the command's tag.
    pub command: Box<str>,
    /// Rows that were changed or returned.
    pub rows: u64,
}

/// Why a query has no result.
#[derive(Debug)]
pub enum Failure {
    /// The database refused; the connection is sound.
    Server(Box<ServerError>),
    /// The connection is lost.
    Closed,
    /// The same, since nobody answers at its other end.
    TimedOut,
    /// The database speaks no protocol that is known here; the connection is lost.
    Malformed,
    /// The receiver of the rows wants no more; the connection is lost.
    Sink(Box<crate::error::QueryError>),
}

impl From<Malformed> for Failure {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::TimedOut { Self::TimedOut } else { Self::Closed }
    }
}

/// Takes the rows of a result as they arrive.
pub trait Sink {
    /// Before the first row, and for a result without rows too. Not for a statement that has no result.
    fn columns(&mut self, columns: &Arc<Columns>) -> Result<(), crate::error::QueryError>;

    /// Bytes of a row at most: a longer one is refused before it is received.
    fn most(&self) -> usize;

    /// A row whose bytes may be kept.
    fn row(&mut self, row: Row<'_>) -> Result<(), RowError>;
}

/// Why a row could not be taken.
pub enum RowError {
    Malformed,
    Refused(crate::error::QueryError),
}

impl From<Malformed> for RowError {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

impl From<crate::error::QueryError> for RowError {
    fn from(error: crate::error::QueryError) -> Self {
        Self::Refused(error)
    }
}

/// The body of a row in the inbox.
pub struct Row<'a> {
    inbox: &'a mut BytesMut,
    length: usize,
}

impl Row<'_> {
    pub fn len(&self) -> usize {
        self.length
    }

    pub fn body(&self) -> Result<&[u8], Malformed> {
        self.inbox.get(..self.length).ok_or(Malformed)
    }

    pub fn cells(&self) -> Result<Cells<'_>, Malformed> {
        Cells::of(self.body()?)
    }

    /// The cells as bytes that outlive the inbox.
    pub fn into_owned(self, mut each: impl FnMut(Option<Bytes>)) -> Result<(), Malformed> {
        let body = self.inbox.split_to(self.length).freeze();
        let mut cells = Cells::of(&body)?;
        while let Some(cell) = cells.next()? {
            let end = body.len() - cells.rest();
            each(cell.map(|cell| body.slice(end - cell.len()..end)));
        }
        Ok(())
    }
}

impl Connection {
    pub fn new(session: Session, named: bool) -> Self {
        Self {
            stream: session.stream,
            inbox: BytesMut::with_capacity(READ),
            outbox: Vec::with_capacity(1024),
            statements: Statements::default(),
            named,
            status: Status::Idle,
            queued: 0,
            awaited: 0,
            cancel: session.key,
        }
    }

    pub fn status(&self) -> Status {
        self.status
    }

    /// Whether it can be used again: no exchange was left in the middle.
    pub fn is_clean(&self) -> bool {
        self.awaited == 0 && self.inbox.is_empty()
    }

    pub fn cancel_key(&self) -> &CancelKey {
        &self.cancel
    }

    /// Whether the database has hung up or spoken while nothing was asked; an idle connection is silent.
    pub fn is_alive(&mut self) -> bool {
        let mut probe = std::pin::pin!(self.stream.read_buf(&mut self.inbox));
        let waker = std::task::Waker::noop();
        probe.as_mut().poll(&mut std::task::Context::from_waker(waker)).is_pending()
    }

    /// Runs words of our own: `begin`, `commit`.
    pub async fn command(&mut self, words: &str) -> Result<(), Failure> {
        self.queue_command(words);
        self.send().await?;
        self.command_done().await
    }

    /// Puts words of our own before the next query, in one write with it; [`Connection::command_done`] reads their end.
    pub fn queue_command(&mut self, words: &str) {
        self.message(b'Q', |out| text(out, words));
    }

    /// Takes back what was queued and not sent.
    pub fn unqueue(&mut self) {
        self.queued = 0;
        self.outbox.clear();
    }

    /// Reads the end of a queued command.
    pub async fn command_done(&mut self) -> Result<(), Failure> {
        let mut failure = None;
        loop {
            let (kind, length) = self.header(LONGEST).await?;
            match kind {
                b'E' => failure = Some(self.server_error(length)?),
                b'Z' => {
                    self.ready(length)?;
                    return failure.map_or(Ok(()), |error| Err(Failure::Server(error)));
                }
                _ => {}
            }
            self.inbox.advance(length);
        }
    }

    /// Runs one statement. `queued` commands before it are ended first.
    pub async fn query(
        &mut self,
        sql: &str,
        params: &Params,
        queued: usize,
        sink: &mut impl Sink,
    ) -> Result<Completion, Failure> {
        let (name, known) = self.queue_query(sql, params);
        self.send().await?;
        for _ in 0..queued {
            self.command_done().await?;
        }
        let outcome = self.answer(sql, name, known, sink).await;
        if self.inbox.is_empty() && self.inbox.capacity() > KEPT {
            self.inbox = BytesMut::with_capacity(READ);
        }
        outcome
    }

    /// Bind and execute, and parse and describe where the statement is new. Answers its name unless it is not kept, and its columns where they are known.
    fn queue_query(&mut self, sql: &str, params: &Params) -> (Option<Arc<str>>, Option<Option<Arc<Columns>>>) {
        let found = if self.named { self.statements.find(sql) } else { None };
        let (name, known) = match found {
            Some(statement) => (Some(statement.name), Some(statement.columns)),
            None => {
                let reserved = if self.named { self.statements.reserve(sql) } else { None };
                let (name, evicted) = reserved.map_or((None, None), |(name, evicted)| (Some(name), evicted));
                if let Some(evicted) = evicted {
                    self.message(b'C', |out| {
                        out.push(b'S');
                        text(out, &evicted);
                    });
                }
                let called = name.as_deref().unwrap_or_default().to_owned();
                self.message(b'P', |out| {
                    text(out, &called);
                    text(out, sql);
                    out.extend_from_slice(&0_u16.to_be_bytes());
                });
                self.message(b'D', |out| {
                    out.push(b'S');
                    text(out, &called);
                });
                (name, None)
            }
        };
        let called = name.clone();
        self.message(b'B', |out| {
            text(out, "");
            text(out, called.as_deref().unwrap_or_default());
            params.write(out);
        });
        self.message(b'E', |out| {
            text(out, "");
            out.extend_from_slice(&0_u32.to_be_bytes());
        });
        self.message(b'S', |_| {});
        (name, known)
    }

    async fn answer(
        &mut self,
        sql: &str,
        name: Option<Arc<str>>,
        known: Option<Option<Arc<Columns>>>,
        sink: &mut impl Sink,
    ) -> Result<Completion, Failure> {
        let is_new = known.is_none();
        let mut columns = known.flatten();
        let (mut failure, mut completion) = (None, Completion::default());
        let mut described = !is_new;
        if !is_new && let Some(columns) = &columns {
            sink.columns(columns).map_err(|error| Failure::Sink(error.into()))?;
        }
        loop {
            let (kind, length) = self.header(sink.most()).await?;
            match kind {
                b'D' => {
                    let row = Row { inbox: &mut self.inbox, length };
                    let left = row.inbox.len() - length;
                    match sink.row(row) {
                        Ok(()) => {}
                        Err(RowError::Malformed) => return Err(Failure::Malformed),
                        Err(RowError::Refused(error)) => return Err(Failure::Sink(error.into())),
                    }
                    // A sink that kept the row has taken it out already.
                    self.inbox.advance(self.inbox.len() - left);
                    continue;
                }
                b'T' => {
                    let read = Columns::read(self.body(length)?)?;
                    sink.columns(&read).map_err(|error| Failure::Sink(error.into()))?;
                    (columns, described) = (Some(read), true);
                }
                b'n' => described = true,
                b'C' => completion = completed(self.body(length)?),
                b'E' => failure = Some(self.server_error(length)?),
                // The client's own `copy`: there is no way to answer it here.
                b'G' => self.refuse_copy().await?,
                b'Z' => {
                    self.ready(length)?;
                    break;
                }
                _ => {}
            }
            self.inbox.advance(length);
        }
        match (&failure, name) {
            (None, Some(name)) if is_new => self.statements.keep(sql, name, columns),
            // Parsed, though its execution failed: the name is in use and must be known.
            (Some(_), Some(name)) if is_new && described => self.statements.keep(sql, name, columns),
            (Some(error), _) if !is_new && error.is_of_statement() => self.statements.forget(sql),
            _ => {}
        }
        if matches!(&*completion.command, "DISCARD ALL" | "DEALLOCATE ALL" | "DEALLOCATE") {
            self.statements.forget_all();
        }
        failure.map_or(Ok(completion), |error| Err(Failure::Server(error)))
    }

    async fn refuse_copy(&mut self) -> Result<(), Failure> {
        // While it copies, the database passes over the sync that was sent before.
        self.awaited = self.awaited.saturating_sub(1);
        self.message(b'f', |out| text(out, "copy is not supported"));
        self.message(b'S', |_| {});
        self.send().await
    }

    fn message(&mut self, kind: u8, body: impl FnOnce(&mut Vec<u8>)) {
        // These two are answered by "ready for query".
        self.queued += usize::from(matches!(kind, b'Q' | b'S'));
        self.outbox.push(kind);
        let start = self.outbox.len();
        self.outbox.extend_from_slice(&[0; 4]);
        body(&mut self.outbox);
        let length = u32::try_from(self.outbox.len() - start).unwrap_or(u32::MAX);
        self.outbox[start..start + 4].copy_from_slice(&length.to_be_bytes());
    }

    async fn send(&mut self) -> Result<(), Failure> {
        self.awaited += std::mem::take(&mut self.queued);
        self.stream.write_all(&self.outbox).await?;
        self.stream.flush().await?;
        self.outbox.clear();
        self.outbox.shrink_to(KEPT);
        Ok(())
    }

    /// The kind of the next message and the length of its body, which is in the inbox whole. `most`: of a row.
    async fn header(&mut self, most: usize) -> Result<(u8, usize), Failure> {
        loop {
            if let Some(head) = self.inbox.first_chunk::<5>() {
                let [kind, length @ ..] = *head;
                let length = usize::try_from(u32::from_be_bytes(length)).map_err(|_| Failure::Malformed)?;
                let length = length.checked_sub(4).ok_or(Failure::Malformed)?;
                match kind {
                    b'D' | b'd' if length > most => return Err(Failure::Sink(crate::shape::too_large(most).into())),
                    b'D' | b'd' => {}
                    _ if length > LONGEST => return Err(Failure::Malformed),
                    _ => {}
                }
                if self.inbox.len() >= 5 + length {
                    self.inbox.advance(5);
                    return Ok((kind, length));
                }
                self.inbox.reserve((5 + length - self.inbox.len()).min(READ * 16));
            }
            self.inbox.reserve(READ / 4);
            if self.stream.read_buf(&mut self.inbox).await? == 0 {
                return Err(Failure::Closed);
            }
        }
    }

    fn body(&self, length: usize) -> Result<&[u8], Malformed> {
        self.inbox.get(..length).ok_or(Malformed)
    }

    fn server_error(&self, length: usize) -> Result<Box<ServerError>, Malformed> {
        ServerError::read(self.body(length)?)
    }

    fn ready(&mut self, length: usize) -> Result<(), Malformed> {
        self.status = match self.body(length)?.first() {
            Some(b'I') => Status::Idle,
            Some(b'T') => Status::InTransaction,
            Some(b'E') => Status::FailedTransaction,
            _ => return Err(Malformed),
        };
        self.inbox.advance(length);
        self.awaited = self.awaited.saturating_sub(1);
        Ok(())
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection")
            .field("status", &self.status)
            .field("awaited", &self.awaited)
            .finish_non_exhaustive()
    }
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.extend(text.bytes().filter(|byte| *byte != 0));
    out.push(0);
}

/// `INSERT 0 5`, `UPDATE 5`, `CREATE TABLE`.
fn completed(body: &[u8]) -> Completion {
    let tag = String::from_utf8_lossy(body.strip_suffix(&[0]).unwrap_or(body));
    let words = tag.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ');
    let rows = tag.rsplit(' ').next().and_then(|count| count.parse().ok()).unwrap_or_default();
    Completion { command: words.into(), rows }
}
