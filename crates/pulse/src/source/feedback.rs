//! What the server is told of our progress, and when.

use std::time::Duration;

use bytes::{BufMut, BytesMut};
use tokio::time::Instant;

use crate::Lsn;

/// How often to speak and how long to listen.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Between two messages to the server. It holds on to its log, and to us, by them.
    pub feedback: Duration,
    /// A server that says nothing for so long, though it was asked, is gone.
    pub silence: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { feedback: Duration::from_secs(2), silence: Duration::from_secs(15) }
    }
}

/// Bytes of log that are durable here before the server hears of it out of turn: it keeps them, and many a second may be written.
const STRIDE: u64 = 1024 * 1024;

/// When what was said and heard.
pub(super) struct Feedback {
    pace: Pace,
    received: Lsn,
    durable: Lsn,
    told_durable: Lsn,
    told: Instant,
    heard: Instant,
    is_demanded: bool,
}

impl Feedback {
    pub(super) fn new(pace: Pace, from: Lsn) -> Self {
        let now = Instant::now();
        Self { pace, received: from, durable: from, told_durable: from, told: now, heard: now, is_demanded: true }
    }

    pub(super) fn heard(&mut self, up_to: Lsn, demands: bool) {
        self.received = self.received.max(up_to);
        self.heard = Instant::now();
        self.is_demanded |= demands;
    }

    pub(super) fn confirm(&mut self, durable: Lsn) {
        self.durable = self.durable.max(durable);
        self.is_demanded |= self.durable.0 - self.told_durable.0 >= STRIDE;
    }

    /// When to look again.
    pub(super) fn due(&self) -> Instant {
        if self.is_demanded { self.told } else { self.told + self.pace.feedback }
    }

    pub(super) fn is_silent(&self) -> bool {
        self.heard.elapsed() >= self.pace.silence
    }

    /// Listening begins now: what came while nobody read counts from here.
    pub(super) fn listen(&mut self) {
        self.heard = Instant::now();
    }

    /// A standby status update, if it is time for one.
    pub(super) fn message(&mut self) -> Option<BytesMut> {
        if self.due() > Instant::now() {
            return None;
        }
        let mut body = BytesMut::with_capacity(34);
        body.put_u8(b'r');
        for position in [self.received.max(self.durable), self.durable, self.durable] {
            body.put_u64(position.0);
        }
        // Our time: the server but shows it.
        body.put_u64(0);
        // Whoever has said nothing since the last time is asked to.
        body.put_u8(u8::from(self.heard <= self.told));
        (self.told, self.told_durable) = (Instant::now(), self.durable);
        self.is_demanded = false;
        Some(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_durable_is_confirmed() {
        let mut feedback = Feedback::new(Pace::default(), Lsn(5));
        feedback.heard(Lsn(90), true);
        feedback.confirm(Lsn(40));
        feedback.confirm(Lsn(30));
        let body = feedback.message().unwrap();
        let position = |at: usize| u64::from_be_bytes(body[at..at + 8].try_into().unwrap());
        assert_eq!((body[0], position(1), position(9), position(17), body.len()), (b'r', 90, 40, 40, 34));
        assert!(feedback.message().is_none());
        feedback.confirm(Lsn(40 + STRIDE));
        assert!(feedback.message().is_some(), "the server need not keep that any more");
    }
}
