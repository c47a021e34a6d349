//! Answers that are told again for a while, where a query asks for it: from memory, or from a server that nodes share.
//!
//! One cache a resource and kind of access: no answer crosses from one to another. Of equal queries that come at once to a node one runs, and all
//! have its answer.

mod memory;
#[cfg(test)]
mod model;
mod shared;

pub use memory::Budget;
pub use shared::{CacheError, CacheServer, CacheSettings, Owner};

use crate::error::QueryError;
use crate::request::Plan;
use bytes::Bytes;
use futures::future::{self, BoxFuture};
use memory::{Key, Memory};
use shared::Shared;
use std::sync::Arc;
use std::time::Duration;

/// How long an answer may be told again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Strategy {
    /// Told as it is for so long,
    pub max_age: Duration,
    /// and for so long afterwards, while it is asked for anew in the background.
    pub stale: Duration,
    /// By which the client can end it earlier. The same query with other tags has an answer of its own: each ends by all of its tags.
    pub tags: Vec<Box<str>>,
}

impl Strategy {
    /// Nothing is to be told again.
    pub fn is_none(&self) -> bool {
        self.max_age.is_zero() && self.stale.is_zero()
    }

    /// From the question to the last time that its answer is told.
    fn life(&self) -> Duration {
        self.max_age.saturating_add(self.stale)
    }

    /// How an answer of that time is told now, if it is. An answer is as old as its question.
    fn told(&self, at_ms: u64, now_ms: u64) -> Option<Status> {
        let age = Duration::from_millis(now_ms.saturating_sub(at_ms));
        if age < self.max_age {
            Some(Status::Ttl)
        } else if age < self.life() {
            Some(Status::Swr)
        } else {
            None
        }
    }
}

/// Where an answer came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// From the cache, in its time.
    Ttl,
    /// From the cache, after its time.
    Swr,
    /// From the database, and kept.
    Miss,
    /// From the database.
    None,
}

/// An answer and when the database gave it.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The value of `data`.
    pub json: Bytes,
    pub status: Status,
    /// Milliseconds since 1970.
    pub at_ms: u64,
}

/// What a query ends in: JSON, and when it was asked for in milliseconds since 1970.
pub type Outcome = Result<(Bytes, u64), QueryError>;
/// A query that runs, for all who wait for it.
type Flight = future::Shared<BoxFuture<'static, Outcome>>;

/// The answers of one resource and kind of access.
#[derive(Clone)]
pub enum Cache {
    Memory(Arc<Memory>),
    Shared(Arc<Shared>),
}

impl Cache {
    /// In this process, in at most `most` bytes.
    pub fn in_memory(most: usize, all: Arc<Budget>) -> Self {
        Self::Memory(Memory::new(most, all))
    }

    /// In a server that other nodes use too, each answer in at most a quarter of `most` bytes.
    pub fn shared(server: Arc<CacheServer>, owner: &Owner<'_>, most: usize) -> Self {
        Self::Shared(Arc::new(Shared::new(server, owner, most)))
    }

    /// The kept answer, or the one of `run`, which is started at most once for all who ask for it at once.
    ///
    /// # Errors
    /// Those of `run`.
    pub async fn answer(
        &self,
        plan: &Plan,
        params: Bytes,
        strategy: &Strategy,
        now_ms: u64,
        run: impl FnOnce() -> BoxFuture<'static, Outcome> + Send,
    ) -> Result<Answer, QueryError> {
        match self {
            Self::Memory(memory) => {
                memory.answer(Key::new(plan.id, params, &strategy.tags), strategy, now_ms, run).await
            }
            // In a box: the way through memory shall not carry its size.
            Self::Shared(shared) => {
                let question = shared.question(&plan.digest(), &params, &strategy.tags);
                Box::pin(shared.answer(question, strategy, now_ms, run)).await
            }
        }
    }

    /// Ends every answer that has one of the tags, or all, and what is being asked for at the moment.
    ///
    /// # Errors
    /// P6008 where nodes share answers and their server did not acknowledge it.
    pub async fn invalidate(&self, tags: Option<&[Box<str>]>) -> Result<(), QueryError> {
        match (self, tags) {
            (Self::Memory(memory), Some(tags)) => memory.invalidate(tags),
            (Self::Memory(memory), None) => memory.purge(),
            (Self::Shared(shared), tags) => return shared.invalidate(tags).await,
        }
        Ok(())
    }

    /// Ends every answer of an epoch before.
    pub fn enter(&self, epoch: i32) {
        match self {
            Self::Memory(memory) => memory.purge(),
            Self::Shared(shared) => shared.enter(epoch),
        }
    }

    /// Drops the answers in memory whose time is over, so that they take no room from those of others.
    pub async fn sweep(&self, now_ms: u64) {
        if let Self::Memory(memory) = self {
            memory.sweep(now_ms).await;
        }
    }

    /// Another `most`, from now on.
    pub fn bound(&self, most: usize) {
        match self {
            Self::Memory(memory) => memory.bound(most),
            Self::Shared(shared) => shared.bound(most),
        }
    }

    /// Bytes of answers in memory.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Memory(memory) => memory.bytes(),
            Self::Shared(_) => 0,
        }
    }
}
