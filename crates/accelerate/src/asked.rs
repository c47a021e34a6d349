//! A query from the check of its key to its answer: throttled, answered, counted.

use crate::cache::{Answer, Strategy};
use crate::error::QueryError;
use crate::gateway::Gateway;
use crate::meter::{Operation, Outcome};
use crate::session::Access;
use crate::telemetry::Recorder;
use bytes::Bytes;
use kernel::{KeyId, ProjectId, ResourceId};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Who asks, by a key that was checked.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    pub key: KeyId,
    pub project: ProjectId,
    pub resource: ResourceId,
    pub access: Access,
}

/// One operation. It is counted once: when it ends, or when it is dropped because its client went away.
#[must_use]
pub struct Asked<'a> {
    gateway: &'a Gateway,
    caller: Caller,
    came: Instant,
    delayed: Option<Duration>,
    counted: bool,
}

impl Gateway {
    /// Begins an operation.
    pub fn ask(&self, caller: Caller) -> Asked<'_> {
        Asked { gateway: self, caller, came: Instant::now(), delayed: None, counted: false }
    }
}

impl Asked<'_> {
    /// Answers `POST /query`, or `POST /transaction/ID/query`, once the project's throttle lets it.
    ///
    /// # Errors
    /// P5011 when too many of the project wait already; else see [`QueryError`].
    pub async fn query(
        &mut self,
        transaction: Option<&str>,
        body: &Bytes,
        strategy: &Strategy,
        recorder: Option<&Arc<Recorder>>,
    ) -> Result<Answer, QueryError> {
        let (gateway, Caller { resource, access, .. }) = (self.gateway, self.caller);
        let mut tenant = gateway.tenant(resource, access).await?;
        self.delayed = tenant.throttle.enter().await?;
        if self.delayed.is_some() {
            // Things may have changed while it waited.
            tenant = gateway.tenant(resource, access).await?;
        }
        gateway.answer(tenant, transaction, body, strategy, recorder).await
    }

    /// Counts it, with the bytes of the body that the client is sent. Answers how long the throttle held it, none where it did not.
    pub fn end(mut self, outcome: &Result<Answer, QueryError>, bytes: u64) -> Option<Duration> {
        self.count(match outcome {
            Ok(answer) => Outcome::Answered { status: answer.status, bytes },
            Err(error) => Outcome::Failed { code: &error.code, bytes },
        });
        self.delayed
    }

    fn count(&mut self, outcome: Outcome<'_>) {
        let Caller { key, project, resource, .. } = self.caller;
        let ended = Instant::now();
        let latency = ended.duration_since(self.came);
        self.counted = true;
        self.gateway.meter.record(&Operation { key, resource, project, latency, ended, outcome });
    }
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        if !self.counted {
            self.count(Outcome::Gone);
        }
    }
}
