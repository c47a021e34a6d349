//! The check that every data request passes: checksum first, then memory alone.
//!
//! A node holds all keys in a [`KeyTable`], which [`run`] keeps in step with the database. Every change of a key leaves a row in `key_change`; the
//! feed reads the new rows when a notification says so, when a key is asked for that the table does not know, and every half second in any case.
//! A table that could not be refreshed for `max_stale` refuses all keys, so a revoked key stops working within that time on every node.

mod entry;
mod feed;
mod freshness;
mod listen;
mod prune;
mod refusal;
mod shard;
mod store;
mod table;
mod unknown;
mod uses;

pub use entry::StoredKey;
pub use prune::prune;
pub use refusal::Refusal;
pub use table::KeyTable;

use crate::keys::HashedKey;
use crate::{Ctx, Error};
use kernel::key::{Rights, is_well_formed};
use kernel::{KeyId, OrgId, ProjectId, ResourceId};
use std::net::IpAddr;
use std::time::Duration;
use time::OffsetDateTime;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};
use unknown::Unknown;

/// A key that opened the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LiveKey {
    pub id: KeyId,
    pub org: OrgId,
    pub project: ProjectId,
    /// What it reaches: its own resource or its project's default.
    pub resource: ResourceId,
    pub rights: Rights,
}

/// How a node keeps its table.
#[derive(Debug, Clone)]
pub struct Settings {
    /// From the start of one poll to the start of the next.
    pub poll: Duration,
    /// For how long after the last poll's start the table may answer; longer prefers availability to prompt revocation.
    pub max_stale: Duration,
    /// How often last uses are written.
    pub flush: Duration,
    /// Whether to ask for notifications; a pooler may swallow them, and the poll does without.
    pub listen: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            poll: Duration::from_millis(500),
            max_stale: Duration::from_secs(1),
            flush: Duration::from_secs(5),
            listen: true,
        }
    }
}

/// How long a request with an unknown key waits for the database at most.
const MISS_PATIENCE: Duration = Duration::from_secs(1);

/// One node's check of API keys. Shared by all requests; [`run`] must run beside it.
#[derive(Debug)]
pub struct Verifier {
    table: KeyTable,
    unknown: Unknown,
    settings: Settings,
    /// Asks the feed to poll now.
    wake: Notify,
}

impl Verifier {
    /// Knows no key yet, and refuses with [`Refusal::Stale`] until [`run`] has read them all.
    pub fn new(settings: Settings) -> Self {
        let table = KeyTable::new(settings.max_stale);
        Self { table, unknown: Unknown::default(), settings, wake: Notify::new() }
    }

    /// Checks the text a client sent, as [`KeyTable::verify`] does. A key that the table does not know makes it wait for one look at the database,
    /// so a new key works at once on every node. All who wait share that look, and however many ask, the feed looks 50 times a second at most.
    pub async fn verify(
        &self,
        text: &str,
        address: Option<IpAddr>,
        now: OffsetDateTime,
        wanted: Option<ResourceId>,
    ) -> Result<LiveKey, Refusal> {
        if !is_well_formed(text) {
            return Err(Refusal::Malformed);
        }
        let hash = HashedKey::of(text);
        match self.table.verify_hash(&hash, address, now, wanted) {
            Err(Refusal::Unknown) if !self.unknown.contains(&hash) => {
                timeout(MISS_PATIENCE, self.catch_up()).await.map_err(|_| Refusal::Stale)?;
                let answer = self.table.verify_hash(&hash, address, now, wanted);
                if answer == Err(Refusal::Unknown) {
                    self.unknown.remember(hash);
                }
                answer
            }
            answer => answer,
        }
    }

    /// Waits until the table knows everything that was committed before the call; for as long as the database does not answer, if need be.
    pub async fn catch_up(&self) {
        let asked = Instant::now();
        self.wake.notify_one();
        self.table.freshness.reaches(asked).await;
    }

    /// Writes the last uses that are in memory only.
    pub async fn flush(&self, ctx: &Ctx) -> Result<(), Error> {
        uses::flush(ctx, &self.table.uses).await
    }

    pub fn table(&self) -> &KeyTable {
        &self.table
    }
}

/// Keeps the verifier in step with the database until `shutdown` completes, then writes the last uses. Outages are logged and survived.
pub async fn run(ctx: &Ctx, verifier: &Verifier, shutdown: impl Future<Output = ()>) {
    tokio::select! {
        () = shutdown => {}
        () = feed::follow(ctx, verifier) => {}
        () = listen::listen(ctx, verifier), if verifier.settings.listen => {}
        () = uses::flush_regularly(ctx, verifier) => {}
    }
    if !matches!(timeout(verifier.settings.flush, verifier.flush(ctx)).await, Ok(Ok(()))) {
        tracing::warn!("the last uses of some API keys were not written");
    }
}
