//! Streaming replication from a Postgres.

use std::time::Duration;

use bytes::Buf;
use tokio::time::{Instant, timeout_at};
use upstream::{ConnectionString, Dialer};

use super::{ChangeSource, Frame, Pace, feedback::Feedback};
use crate::{
    Error, Lsn,
    wire::{Connection, Copied, Mode, identifier, literal},
};

/// The first version that streams transactions before they are committed.
const STREAMS: u32 = 14;
/// How long a message to the server may be on its way before it is looked at again.
const QUEUED: Duration = Duration::from_millis(200);

/// The stream of one slot and one publication.
pub struct Replication {
    connection: Connection,
    feedback: Feedback,
    is_listening: bool,
}

impl Replication {
    /// Opens a session and starts where the slot stands, or at `from` where that is further. Messages of more than `most` bytes are
    /// [`Frame::Oversized`].
    ///
    /// # Errors
    /// [`Error::Refused`] with `OBJECT_IN_USE` where another connection reads the slot, and with `UNDEFINED_OBJECT` where there is none.
    pub async fn start(
        dialer: &Dialer,
        target: &ConnectionString,
        slot: &str,
        publication: &str,
        from: Lsn,
        pace: Pace,
        most: usize,
    ) -> Result<Self, Error> {
        let mut connection = Connection::open(dialer, target, Mode::Replication).await?;
        let version =
            if connection.version() >= STREAMS { "proto_version '2', streaming 'on'" } else { "proto_version '1'" };
        let publications = literal(&identifier(publication));
        let command = format!(
            "START_REPLICATION SLOT {} LOGICAL {from} ({version}, publication_names {publications})",
            identifier(slot)
        );
        let begun = tokio::time::timeout(pace.silence, connection.begin_copy(&command)).await;
        begun.unwrap_or(Err(Error::Silent))?;
        connection.take_at_most(most);
        Ok(Self { connection, feedback: Feedback::new(pace, from), is_listening: true })
    }

    fn speak(&mut self) {
        // One that is still on its way is as good.
        if !self.connection.has_queued()
            && let Some(message) = self.feedback.message()
        {
            self.connection.queue_copy(&message);
        }
    }

    fn read(&mut self, copied: Copied) -> Result<Frame, Error> {
        let (mut body, oversized) = match copied {
            Copied::Whole(body) => (body, None),
            Copied::Oversized { head, length } => (head, Some(length)),
        };
        let malformed = |_| Error::NotPostgres;
        let kind = body.try_get_u8().map_err(malformed)?;
        match kind {
            b'w' => {
                let start = Lsn(body.try_get_u64().map_err(malformed)?);
                let end = Lsn(body.try_get_u64().map_err(malformed)?);
                body.try_get_u64().map_err(malformed)?;
                self.feedback.heard(start.max(end), false);
                Ok(match oversized {
                    None => Frame::Message(body),
                    Some(length) => Frame::Oversized { head: body, length },
                })
            }
            b'k' => {
                let end = Lsn(body.try_get_u64().map_err(malformed)?);
                body.try_get_u64().map_err(malformed)?;
                let demands = body.try_get_u8().map_err(malformed)? == 1;
                self.feedback.heard(end, demands);
                Ok(Frame::Reached(end))
            }
            _ => Err(Error::NotPostgres),
        }
    }
}

impl ChangeSource for Replication {
    async fn next(&mut self) -> Result<Frame, Error> {
        if !self.is_listening {
            self.is_listening = true;
            self.feedback.listen();
        }
        loop {
            self.speak();
            // A server that does not take what is queued has to be waited for as well.
            let due = self.feedback.due().max(if self.connection.has_queued() {
                Instant::now() + QUEUED
            } else {
                Instant::now()
            });
            match timeout_at(due, self.connection.copied()).await {
                Ok(copied) => {
                    let copied = copied?;
                    return self.read(copied);
                }
                Err(_) if self.feedback.is_silent() => return Err(Error::Silent),
                Err(_) => {}
            }
        }
    }

    fn ready(&mut self) -> Option<Result<Frame, Error>> {
        match self.connection.copied_already() {
            Ok(copied) => copied.map(|copied| self.read(copied)),
            Err(error) => Some(Err(error)),
        }
    }

    async fn wait(&mut self) -> Error {
        self.is_listening = false;
        loop {
            self.speak();
            if let Err(error) = self.connection.flush().await {
                return error;
            }
            tokio::time::sleep_until(self.feedback.due()).await;
        }
    }

    fn confirm(&mut self, durable: Lsn) {
        self.feedback.confirm(durable);
    }
}
