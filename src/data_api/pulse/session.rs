//! A subscriber's connection.

use super::Data;
use crate::boot::pulse::Reader;
use axum::extract::ws::{CloseCode, CloseFrame, Message, WebSocket, close_code};
use control::Origin;
use control::pulse::consumers::{self, Opened};
use futures::SinkExt;
use kernel::ResourceId;
use pulse::Subscription;
use pulse::events::{Change, EventId};
use serde::Deserialize;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval, timeout};

/// How often acknowledgements are written, and the key is checked again.
const TICK: Duration = Duration::from_millis(100);
/// For a client that does not read.
const PATIENCE: Duration = Duration::from_secs(30);
/// Events that may wait for their acknowledgement.
const WINDOW: usize = 10_000;
/// RFC 6455's registry: the client is to come back.
const COME_BACK: CloseCode = 1012;

pub struct Session {
    pub data: Data,
    pub key: String,
    pub origin: Origin,
    pub resource: ResourceId,
    pub subscription: Subscription,
    pub reader: Reader,
    pub stream: Option<Stream>,
}

/// A named stream, and what its client has not acknowledged.
pub struct Stream {
    name: String,
    opened: Opened,
    told: VecDeque<EventId>,
    /// Up to where all that it wants was told.
    scanned: Option<EventId>,
    /// Everything up to here is done with.
    done: Option<EventId>,
    /// The same, as it is written.
    written: Option<EventId>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Said {
    Ack { id: String },
}

/// Why a connection ends.
enum End {
    /// The client has closed it, or is gone.
    Gone,
    Close(CloseCode, &'static str),
}

impl Stream {
    pub fn new(name: String, opened: Opened) -> Self {
        let cursor = opened.cursor.parse().ok();
        Self { name, opened, told: VecDeque::new(), scanned: cursor, done: cursor, written: cursor }
    }

    /// An acknowledgement is of all events before it too; one of what was not told counts for nothing.
    fn acknowledge(&mut self, id: EventId) {
        if self.told.binary_search(&id).is_err() {
            return;
        }
        while let Some(told) = self.told.front().copied().filter(|told| *told <= id) {
            self.told.pop_front();
            self.done = self.done.max(Some(told));
        }
    }
}

impl Session {
    pub async fn serve(mut self, mut socket: WebSocket) {
        let pulse = self.data.pulse.clone();
        let connection = async {
            let end = self.run(&mut socket).await;
            // What it has acknowledged is not to be told again.
            _ = self.write().await;
            if let End::Close(code, reason) = end {
                let frame = CloseFrame { code, reason: reason.into() };
                _ = timeout(PATIENCE, socket.send(Message::Close(Some(frame)))).await;
            }
        };
        pulse.serve(connection).await;
    }

    async fn run(&mut self, socket: &mut WebSocket) -> End {
        let (pulse, mut served) = (self.data.pulse.clone(), self.reader.served());
        let version = served.borrow_and_update().as_ref().map(|served| served.streams_version);
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let has_room = self.stream.as_ref().is_none_or(|stream| stream.told.len() < WINDOW);
            let happened = tokio::select! {
                biased;
                () = pulse.closing() => Err(End::Close(close_code::AWAY, "This node ends")),
                said = socket.recv() => match said {
                    Some(Ok(message)) => self.heard(&message),
                    _ => Err(End::Gone),
                },
                changed = served.changed() => match &*served.borrow_and_update() {
                    Some(served) if changed.is_ok() => match &self.stream {
                        Some(_) if !served.persistence => Err(End::Close(close_code::POLICY, "There are no streams any more")),
                        Some(_) if Some(served.streams_version) != version => Err(End::Close(COME_BACK, "Streams were changed")),
                        _ => Ok(()),
                    },
                    _ => Err(End::Close(close_code::POLICY, "Pulse is disabled")),
                },
                _ = tick.tick() => self.tick().await,
                changes = self.reader.next(), if has_room => match changes {
                    Ok((changes, from)) => self.tell(socket, changes.get(from..).unwrap_or_default()).await,
                    Err(error) => {
                        tracing::warn!(%error, "a journal was not read; the subscriber has to come back");
                        Err(End::Close(COME_BACK, "The journal does not answer"))
                    }
                },
            };
            if let Err(end) = happened {
                return end;
            }
        }
    }

    fn heard(&mut self, message: &Message) -> Result<(), End> {
        let said = match message {
            Message::Text(text) => serde_json::from_str(text).ok(),
            Message::Close(_) => return Err(End::Gone),
            _ => None,
        };
        if let (Some(Said::Ack { id }), Some(stream)) = (said, &mut self.stream)
            && let Ok(id) = id.parse()
        {
            stream.acknowledge(id);
        }
        Ok(())
    }

    async fn tell(&mut self, socket: &mut WebSocket, changes: &[Change]) -> Result<(), End> {
        let sending = async {
            for change in changes {
                // What cannot be read now never can.
                let Ok(Some(event)) = self.subscription.event(change) else { continue };
                socket.feed(Message::Text(event.json.into())).await?;
                if let Some(stream) = &mut self.stream {
                    stream.told.push_back(event.id);
                }
            }
            socket.flush().await
        };
        let Ok(Ok(())) = timeout(PATIENCE, sending).await else { return Err(End::Gone) };
        if let (Some(stream), Some(last)) = (&mut self.stream, changes.last()) {
            stream.scanned = Some(last.id);
        }
        Ok(())
    }

    async fn tick(&mut self) -> Result<(), End> {
        let Self { data, key, origin, .. } = self;
        let checked = data.verifier.verify(key, origin.address, data.clock.now(), Some(self.resource)).await;
        if let Err(refusal) = checked
            && refusal != control::keys::verify::Refusal::Stale
        {
            return Err(End::Close(close_code::POLICY, "The API key is not valid any more"));
        }
        self.write().await
    }

    /// Whatever was read and is of no interest to this stream is done with as well.
    async fn write(&mut self) -> Result<(), End> {
        let Some(stream) = &mut self.stream else { return Ok(()) };
        if stream.told.is_empty() {
            stream.done = stream.done.max(stream.scanned);
        }
        let Some(done) = stream.done.filter(|_| stream.done > stream.written) else { return Ok(()) };
        let (ctx, name) = (&self.data.pulse.ctx, &stream.name);
        match consumers::acknowledge(ctx, self.resource, name, &stream.opened, &done.to_string()).await {
            Ok(true) => stream.written = Some(done),
            Ok(false) => return Err(End::Close(COME_BACK, "The stream was changed")),
            Err(error) => tracing::debug!(%error, "an acknowledgement was not written; tried again"),
        }
        Ok(())
    }
}
