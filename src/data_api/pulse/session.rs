//! A subscriber's connection.

use super::Data;
use super::upgrade::{self, Socket};
use crate::boot::pulse::{Admitted, Audience, Piece, Reader};
use control::Origin;
use control::pulse::consumers::{self, Opened};
use control::pulse::directory::Served;
use futures::{FutureExt, SinkExt, StreamExt};
use kernel::ResourceId;
use pulse::events::EventId;
use serde::Deserialize;
use std::collections::VecDeque;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};

/// How often acknowledgements are written, and the key is checked again.
const TICK: Duration = Duration::from_millis(100);
/// How often the key is checked where there are none.
const LOOK: Duration = Duration::from_millis(500);
/// For a client that does not read.
const PATIENCE: Duration = Duration::from_secs(30);
/// Events that may wait for their acknowledgement.
const WINDOW: usize = 10_000;
/// Of the range that is for applications.
const GAP: CloseCode = CloseCode::Library(4001);
/// The client is to come back.
const COME_BACK: CloseCode = CloseCode::Restart;

pub struct Session {
    pub data: Data,
    pub key: String,
    pub origin: Origin,
    pub resource: ResourceId,
    pub audience: Arc<Audience>,
    pub reader: Reader,
    pub stream: Option<Stream>,
    pub _admitted: Admitted,
    pub gap: Gap,
}

/// Whether changes are missing in front of what would be told next.
pub struct Gap {
    /// Of what was told so far; none where nothing was.
    pub epoch: Option<u32>,
    pub is_here: bool,
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

impl Gap {
    /// Whether it lies between what was told and this epoch.
    fn lies_before(&mut self, epoch: Option<u32>) -> bool {
        self.is_here |= self.epoch.is_some() && epoch > self.epoch;
        self.epoch = self.epoch.or(epoch);
        self.is_here
    }
}

impl Session {
    pub async fn serve(mut self, mut socket: Socket) {
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

    async fn run(&mut self, socket: &mut Socket) -> End {
        let (pulse, mut served) = (self.data.pulse.clone(), self.reader.served());
        let version = served.borrow_and_update().as_ref().map(|served| served.streams_version);
        let mut tick = interval(if self.stream.is_some() { TICK } else { LOOK });
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut closing = pin!(pulse.closing());
        loop {
            if self.gap.is_here && self.stream.as_ref().is_none_or(|stream| stream.told.is_empty()) {
                return End::Close(GAP, "Changes are missing here. Come back to be told why, and to go on");
            }
            let has_room = self.stream.as_ref().is_none_or(|stream| stream.told.len() < WINDOW) && !self.gap.is_here;
            let happened = tokio::select! {
                biased;
                () = &mut closing => Err(End::Close(CloseCode::Away, "This node ends")),
                said = socket.next() => self.heard(said).and_then(|()| self.heard_more(socket)),
                changed = served.changed() => match &*served.borrow_and_update() {
                    Some(served) if changed.is_ok() => match &self.stream {
                        Some(_) if !served.persistence => Err(End::Close(CloseCode::Policy, "There are no streams any more")),
                        Some(_) if Some(served.streams_version) != version => Err(End::Close(COME_BACK, "Streams were changed")),
                        _ => Ok(()),
                    },
                    _ => Err(End::Close(CloseCode::Policy, "Pulse is disabled")),
                },
                _ = tick.tick() => self.tick().await,
                piece = self.reader.next(), if has_room => match piece {
                    // It is told to the next connection.
                    Ok((piece, _)) if self.gap.lies_before(piece.last().map(|id| id.epoch)) => Ok(()),
                    Ok((piece, position)) => self.tell(socket, &piece, position).await,
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

    fn heard(&mut self, said: Option<Result<Message, Error>>) -> Result<(), End> {
        let text = match said {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(End::Gone),
            Some(Ok(_)) => return Ok(()),
        };
        if let (Some(stream), Some(id)) = (&mut self.stream, acknowledged(&text)) {
            stream.acknowledge(id);
        }
        Ok(())
    }

    /// Acknowledgements come in crowds.
    fn heard_more(&mut self, socket: &mut Socket) -> Result<(), End> {
        while let Some(said) = socket.next().now_or_never() {
            self.heard(said)?;
        }
        Ok(())
    }

    async fn tell(&mut self, socket: &mut Socket, piece: &Piece, position: Option<EventId>) -> Result<(), End> {
        let place = piece.told(&self.audience);
        let Some(told) = place.get() else { return Ok(()) };
        let (frames, ids) = told.after(position);
        if !frames.is_empty() {
            let Ok(Ok(())) = timeout(PATIENCE, upgrade::write(socket, &frames)).await else { return Err(End::Gone) };
        }
        let before = self.stream.as_ref().map_or(0, |stream| stream.told.len());
        let count = match &mut self.stream {
            Some(stream) => {
                stream.told.extend(ids);
                stream.scanned = piece.last();
                stream.told.len() - before
            }
            None => ids.count(),
        };
        self.data.pulse.delivered.increment(u64::try_from(count).unwrap_or_default());
        Ok(())
    }

    async fn tick(&mut self) -> Result<(), End> {
        // Where nothing comes behind a gap, it is told all the same.
        let served = self.reader.served();
        let epoch = served.borrow().as_ref().and_then(Served::epoch);
        if self.reader.is_idle() {
            self.gap.lies_before(epoch);
        }
        let Self { data, key, origin, .. } = self;
        let checked = data.verifier.verify(key, origin.address, data.clock.now(), Some(self.resource)).await;
        if let Err(refusal) = checked
            && refusal != control::keys::verify::Refusal::Stale
        {
            return Err(End::Close(CloseCode::Policy, "The API key is not valid any more"));
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

/// The event of an acknowledgement, which nearly always stands where the extension writes it.
fn acknowledged(text: &str) -> Option<EventId> {
    if let Some(id) = text.strip_prefix(r#"{"type":"ack","id":""#).and_then(|rest| rest.strip_suffix(r#""}"#)) {
        return id.parse().ok();
    }
    let Ok(Said::Ack { id }) = serde_json::from_str(text) else { return None };
    id.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_acknowledgement_is_read_in_any_order_of_its_fields() {
        let id = "00000001-0000000000000005-000000000007";
        let known = id.parse().ok();
        assert_eq!(acknowledged(&format!(r#"{{"type":"ack","id":"{id}"}}"#)), known);
        assert_eq!(acknowledged(&format!(r#"{{ "id": "{id}", "type": "ack" }}"#)), known);
        for wrong in ["", "{}", r#"{"type":"ack","id":"7"}"#, &format!(r#"{{"type":"nack","id":"{id}"}}"#)] {
            assert_eq!(acknowledged(wrong), None, "{wrong}");
        }
    }
}
