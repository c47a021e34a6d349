//! Those who listen while it happens.

use std::sync::Arc;

use tokio::sync::broadcast;

use super::{Batch, Gap};

/// What is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tidings {
    /// Changes, each once and in order.
    Changes(Arc<Batch>),
    /// Changes are missing here.
    Gap(Gap),
}

/// Why a subscriber hears nothing more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Dropped {
    /// It did not keep up. Capture waits for nobody.
    #[error("The subscriber fell {missed} batches of changes behind and was dropped")]
    TooSlow {
        /// Batches that it did not take before they were overwritten.
        missed: u64,
    },
    /// Capture has ended.
    #[error("Changes are not captured any more")]
    Ended,
}

/// A ring of the latest batches that any number of subscribers read.
#[derive(Debug, Clone)]
pub struct Live(broadcast::Sender<Tidings>);

/// One who listens.
#[derive(Debug)]
pub struct Subscriber(broadcast::Receiver<Tidings>);

impl Live {
    /// Holds at least `batches`; a subscriber that is further behind is dropped.
    #[must_use]
    pub fn new(batches: usize) -> Self {
        Self(broadcast::Sender::new(batches.max(1)))
    }

    /// Listens from now on.
    #[must_use]
    pub fn subscribe(&self) -> Subscriber {
        Subscriber(self.0.subscribe())
    }

    /// How many listen.
    #[must_use]
    pub fn subscribers(&self) -> usize {
        self.0.receiver_count()
    }

    pub(super) fn tell(&self, tidings: Tidings) {
        // Nobody may be there.
        _ = self.0.send(tidings);
    }
}

impl Subscriber {
    /// What is told next. Giving up the wait loses nothing.
    ///
    /// # Errors
    /// [`Dropped`] says why there is nothing more.
    pub async fn next(&mut self) -> Result<Tidings, Dropped> {
        self.0.recv().await.map_err(|error| match error {
            broadcast::error::RecvError::Lagged(missed) => Dropped::TooSlow { missed },
            broadcast::error::RecvError::Closed => Dropped::Ended,
        })
    }
}
