//! A journal in memory that notes what was asked of it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use pulse::{
    Lsn,
    capture::{Batch, Fence, Gap, Journal, JournalError, Position},
    events::{Change, EventId},
};
use tokio::sync::watch;

#[derive(Debug, Default)]
pub struct State {
    pub position: Option<Position>,
    pub fence: u64,
    pub gaps: Vec<Gap>,
    pub changes: BTreeMap<EventId, Change>,
    /// In the order in which they came for the first time.
    pub order: Vec<EventId>,
    pub repeats: usize,
    pub batches: usize,
    pub largest: usize,
    /// Appends wait.
    pub is_stalled: bool,
    /// So many appends fail.
    pub failures: usize,
}

/// Shared by a test and the captures that write to it.
#[derive(Debug, Clone)]
pub struct Ledger {
    state: Arc<Mutex<State>>,
    changed: watch::Sender<u64>,
}

impl Ledger {
    pub fn new() -> Self {
        Self { state: Arc::default(), changed: watch::Sender::new(0) }
    }

    pub fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        let answer = look(&mut self.state.lock().unwrap());
        self.changed.send_modify(|version| *version += 1);
        answer
    }

    pub async fn until(&self, what: &str, is_so: impl Fn(&State) -> bool) {
        let mut changed = self.changed.subscribe();
        let waiting = async {
            while !is_so(&self.state.lock().unwrap()) {
                changed.changed().await.unwrap();
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(120), waiting).await;
        let state = self.state.lock().unwrap();
        assert!(waited.is_ok(), "{what}: {} changes, {:?}, {:?}", state.order.len(), state.position, state.gaps);
    }

    /// Every id came in order, and none twice with another content.
    pub fn assert_ordered(&self) {
        assert!(self.with(|state| state.order.is_sorted()), "an id came behind a later one");
    }
}

impl Journal for Ledger {
    async fn position(&self, fence: Fence) -> Result<Option<Position>, JournalError> {
        self.with(|state| checked(state, fence).map(|()| state.position.clone()))
    }

    async fn begin(&self, fence: Fence, position: &Position, gap: Option<Gap>) -> Result<(), JournalError> {
        self.with(|state| {
            checked(state, fence)?;
            state.position = Some(position.clone());
            state.gaps.extend(gap);
            Ok(())
        })
    }

    async fn append(&self, fence: Fence, batch: Arc<Batch>) -> Result<Lsn, JournalError> {
        let mut changed = self.changed.subscribe();
        while self.state.lock().unwrap().is_stalled {
            changed.changed().await.unwrap();
        }
        self.with(|state| {
            checked(state, fence)?;
            if state.failures > 0 {
                state.failures -= 1;
                return Err(JournalError::Unavailable);
            }
            state.batches += 1;
            state.largest = state.largest.max(batch.changes.len());
            for change in &batch.changes {
                match state.changes.insert(change.id, change.clone()) {
                    None => state.order.push(change.id),
                    Some(before) => {
                        assert_eq!(before.encoded(), change.encoded(), "one id, two changes");
                        state.repeats += 1;
                    }
                }
            }
            let position = state.position.as_mut().unwrap();
            position.through = position.through.max(batch.through);
            Ok(position.through)
        })
    }
}

fn checked(state: &mut State, fence: Fence) -> Result<(), JournalError> {
    if fence.0 < state.fence {
        return Err(JournalError::Fenced);
    }
    state.fence = fence.0;
    Ok(())
}
