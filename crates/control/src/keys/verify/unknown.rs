//! Keys that were asked for and do not exist, for a little while.

use crate::keys::HashedKey;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

const SLOTS: usize = 1024;
const REMEMBERED: Duration = Duration::from_secs(5);

/// A fixed number of slots, each with the last unknown key that fell into it. A client that goes on using a removed key is answered from here; who
/// invents keys only overwrites slots. Nothing is lost by remembering: nobody can hold the text of a key before it is made.
#[derive(Debug)]
pub(super) struct Unknown(Box<[Slot]>);

type Slot = Mutex<Option<(HashedKey, Instant)>>;

impl Default for Unknown {
    fn default() -> Self {
        Self((0..SLOTS).map(|_| Mutex::new(None)).collect())
    }
}

impl Unknown {
    pub fn remember(&self, hash: HashedKey) {
        *self.slot(&hash).lock().unwrap_or_else(PoisonError::into_inner) = Some((hash, Instant::now()));
    }

    pub fn contains(&self, hash: &HashedKey) -> bool {
        let slot = *self.slot(hash).lock().unwrap_or_else(PoisonError::into_inner);
        slot.is_some_and(|(known, at)| known == *hash && at.elapsed() < REMEMBERED)
    }

    fn slot(&self, hash: &HashedKey) -> &Slot {
        &self.0[usize::from(u16::from_be_bytes([hash.0[30], hash.0[31]])) % SLOTS]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_key_is_remembered_exactly_and_for_a_while() {
        let (unknown, hash, mut same_slot) = (Unknown::default(), HashedKey([7; 32]), HashedKey([7; 32]));
        same_slot.0[0] = 8;
        unknown.remember(hash);
        assert!(unknown.contains(&hash) && !unknown.contains(&same_slot));
        unknown.remember(same_slot);
        assert!(!unknown.contains(&hash) && unknown.contains(&same_slot));
        tokio::time::advance(REMEMBERED).await;
        assert!(!unknown.contains(&same_slot));
    }
}
