//! A subscriber's place in a journal.

use super::piece::{Audience, Piece};
use super::tails::Tail;
use control::Error;
use control::pulse::directory::Served;
use futures::FutureExt;
use futures::future::BoxFuture;
use pulse::Subscription;
use pulse::events::{Change, EventId};
use std::sync::{Arc, PoisonError, Weak};
use tokio::sync::{broadcast, watch};

/// One who reads a journal, from some event on.
pub struct Reader {
    tail: Arc<Tail>,
    heard: broadcast::Receiver<Arc<Piece>>,
    position: Option<EventId>,
    is_behind: bool,
    reading: Option<BoxFuture<'static, Result<Vec<Change>, Error>>>,
}

impl Reader {
    pub(super) fn new(tail: Arc<Tail>, heard: broadcast::Receiver<Arc<Piece>>, position: Option<EventId>) -> Self {
        Self { tail, heard, position, is_behind: false, reading: None }
    }

    /// Whether there is nothing more at the moment.
    pub fn is_idle(&self) -> bool {
        !self.is_behind && self.heard.is_empty()
    }

    /// Goes back to what came after an event.
    pub fn rewind(&mut self, after: Option<EventId>) {
        (self.position, self.is_behind, self.reading) = (after, true, None);
    }

    /// What the control plane says of the resource; none once Pulse is disabled.
    pub fn served(&self) -> watch::Receiver<Option<Served>> {
        self.tail.served.subscribe()
    }

    /// Those who have subscribed by the same words are one audience. `parse` reads the words where nobody has.
    pub fn audience(
        &self,
        words: String,
        parse: impl FnOnce() -> Result<Subscription, pulse::Error>,
    ) -> Result<Arc<Audience>, pulse::Error> {
        let mut audiences = self.tail.audiences.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(audience) = audiences.get(&words).and_then(Weak::upgrade) {
            return Ok(audience);
        }
        let audience = Arc::new(Audience::new(parse()?));
        audiences.retain(|_, audience| audience.strong_count() > 0);
        audiences.insert(words, Arc::downgrade(&audience));
        Ok(audience)
    }

    /// The next piece, and behind which event of it to go on. Giving up the wait loses nothing.
    pub async fn next(&mut self) -> Result<(Arc<Piece>, Option<EventId>), Error> {
        loop {
            let position = self.position;
            if self.is_behind {
                // Whoever gives up the wait takes it up again.
                let reading = self.reading.get_or_insert_with(|| {
                    let tail = Arc::clone(&self.tail);
                    async move { tail.read(position).await }.boxed()
                });
                let read = reading.await;
                self.reading = None;
                let piece = Piece::single(read?);
                match piece.last() {
                    Some(last) => {
                        self.position = Some(last);
                        return Ok((Arc::new(piece), position));
                    }
                    None => self.is_behind = false,
                }
            }
            match self.heard.recv().await {
                Ok(piece) if piece.last() > position => {
                    self.position = piece.last();
                    return Ok((piece, position));
                }
                Ok(_) => {}
                Err(broadcast::error::RecvError::Lagged(_)) => self.is_behind = true,
                // `served` says why.
                Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}
