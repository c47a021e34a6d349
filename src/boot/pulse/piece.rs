//! Changes that came together, and what of them is told to whom.

use bytes::Bytes;
use pulse::Subscription;
use pulse::events::{Change, EventId};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The subscribers who want the same: what one of them is told is made once for all.
pub struct Audience(Mutex<Subscription>);

/// Some changes in order.
pub struct Piece {
    changes: Vec<Change>,
    /// None where nobody comes for the same again: it is made for each then.
    told: Mutex<Option<Kept>>,
}

/// What was made for each audience, or is being made.
type Kept = Vec<(Arc<Audience>, Arc<OnceLock<Told>>)>;

/// What an audience is told of a piece.
#[derive(Default)]
pub struct Told {
    /// Messages of a WebSocket, one after the other, as a server frames them.
    frames: Bytes,
    /// With each event the end of its message.
    events: Vec<(EventId, usize)>,
}

impl Audience {
    pub fn new(subscription: Subscription) -> Self {
        Self(Mutex::new(subscription))
    }

    fn tell(&self, changes: &[Change]) -> Told {
        let mut subscription = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut frames, mut events, mut json) = (Vec::new(), Vec::new(), String::new());
        for change in changes {
            json.clear();
            // What cannot be read now never can.
            if let Ok(true) = subscription.write(change, &mut json) {
                frame(&mut frames, json.as_bytes());
                events.push((change.id, frames.len()));
            }
        }
        Told { frames: frames.into(), events }
    }
}

impl Piece {
    /// One that many will ask for.
    pub fn shared(changes: Vec<Change>) -> Self {
        Self { changes, told: Mutex::new(Some(Vec::new())) }
    }

    /// One for somebody alone.
    pub fn single(changes: Vec<Change>) -> Self {
        Self { changes, told: Mutex::new(None) }
    }

    pub fn last(&self) -> Option<EventId> {
        self.changes.last().map(|change| change.id)
    }

    /// Frees what was made for those who were quick.
    pub fn forget(&self) {
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// What the audience is told of it.
    pub fn told(&self, audience: &Arc<Audience>) -> Arc<OnceLock<Told>> {
        let place = {
            let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
            match &mut *told {
                None => Arc::default(),
                Some(told) => match told.iter().find(|(known, _)| Arc::ptr_eq(known, audience)) {
                    Some((_, place)) => Arc::clone(place),
                    None => {
                        let place = Arc::<OnceLock<Told>>::default();
                        told.push((Arc::clone(audience), Arc::clone(&place)));
                        place
                    }
                },
            }
        };
        // Others of the audience wait for the one who makes it.
        place.get_or_init(|| audience.tell(&self.changes));
        place
    }
}

impl Told {
    /// The messages of events behind `position`, and their ids.
    pub fn after(&self, position: Option<EventId>) -> (Bytes, impl Iterator<Item = EventId>) {
        let from = self.events.partition_point(|(id, _)| Some(*id) <= position);
        let start = from.checked_sub(1).and_then(|before| self.events.get(before)).map_or(0, |(_, end)| *end);
        (self.frames.slice(start..), self.events.get(from..).unwrap_or_default().iter().map(|(id, _)| *id))
    }
}

/// A text message in one frame, without a mask: RFC 6455, 5.2.
fn frame(out: &mut Vec<u8>, text: &[u8]) {
    out.push(0x81);
    match (u8::try_from(text.len()), u16::try_from(text.len())) {
        (Ok(length), _) if length < 126 => out.push(length),
        (_, Ok(length)) => {
            out.push(126);
            out.extend_from_slice(&length.to_be_bytes());
        }
        _ => {
            out.push(127);
            out.extend_from_slice(&(text.len() as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(text);
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulse::Lsn;

    #[test]
    fn messages_are_framed_by_their_length() {
        for (length, head) in [
            (0, vec![0x81, 0]),
            (125, vec![0x81, 125]),
            (126, vec![0x81, 126, 0, 126]),
            (65_535, vec![0x81, 126, 255, 255]),
            (65_536, vec![0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] {
            let mut out = Vec::new();
            frame(&mut out, &vec![b'x'; length]);
            assert_eq!(out, [head, vec![b'x'; length]].concat());
        }
    }

    #[test]
    fn what_was_told_before_is_left_out() {
        let id = |index| EventId { epoch: 1, commit: Lsn(1), index };
        let told = Told { frames: Bytes::from_static(b"aabbcc"), events: vec![(id(0), 2), (id(3), 4), (id(5), 6)] };
        for (position, frames, ids) in [
            (None, "aabbcc", vec![id(0), id(3), id(5)]),
            (Some(id(0)), "bbcc", vec![id(3), id(5)]),
            (Some(id(4)), "cc", vec![id(5)]),
            (Some(id(9)), "", vec![]),
        ] {
            let (left, left_ids) = told.after(position);
            assert_eq!((&left[..], left_ids.collect::<Vec<_>>()), (frames.as_bytes(), ids), "{position:?}");
        }
    }
}
