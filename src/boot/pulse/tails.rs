//! The ends of the journals, as this node's subscribers hear them.
//!
//! Each journal that somebody listens to is read once for all of them: every tenth of a second, and at once where this node has written it. Who is
//! further behind reads it for itself, until it has caught up.

use bytes::Bytes;
use control::pulse::directory::{self, Served};
use control::pulse::journal::{self, StoredEvent};
use control::{Ctx, Error};
use kernel::ResourceId;
use pulse::events::{Change, EventId, Table};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, broadcast, watch};
use tokio::time::{Instant, timeout};

const POLL: Duration = Duration::from_millis(100);
/// How often it is asked whether the resource still has Pulse.
const LOOK: Duration = Duration::from_millis(500);
/// Events that are read in one piece.
const PIECE: i64 = 500;
/// Pieces that wait for a subscriber; one that is further behind reads the journal.
const RING: usize = 64;

pub struct Tails {
    ctx: Ctx,
    followed: Mutex<HashMap<ResourceId, Arc<Tail>>>,
}

/// The end of one journal.
struct Tail {
    ctx: Ctx,
    resource: ResourceId,
    nudge: Notify,
    heard: broadcast::Sender<Arc<Vec<Change>>>,
    served: watch::Sender<Option<Served>>,
    last: Mutex<Option<EventId>>,
    tables: Mutex<HashMap<i64, Arc<Table>>>,
}

/// One who reads a journal, from some event on.
pub struct Reader {
    tail: Arc<Tail>,
    heard: broadcast::Receiver<Arc<Vec<Change>>>,
    position: Option<EventId>,
    is_behind: bool,
}

impl Tails {
    pub fn new(ctx: Ctx) -> Self {
        Self { ctx, followed: Mutex::default() }
    }

    /// Something was written.
    pub fn nudge(&self, resource: ResourceId) {
        if let Some(tail) = self.followed().get(&resource) {
            tail.nudge.notify_one();
        }
    }

    /// Reads from now on; none where Pulse is not enabled.
    pub async fn follow(self: &Arc<Self>, resource: ResourceId) -> Result<Option<Reader>, Error> {
        let Some(served) = directory::served(&self.ctx, resource).await? else { return Ok(None) };
        let last = journal::last(&self.ctx, resource).await?.parse().ok();
        let mut followed = self.followed();
        let tail = followed.entry(resource).or_insert_with(|| {
            let tail = Arc::new(Tail {
                ctx: self.ctx.clone(),
                resource,
                nudge: Notify::new(),
                heard: broadcast::Sender::new(RING),
                served: watch::Sender::new(None),
                last: Mutex::new(last),
                tables: Mutex::default(),
            });
            tokio::spawn({
                let (tails, tail) = (Arc::clone(self), Arc::clone(&tail));
                async move { tails.run(&tail).await }
            });
            tail
        });
        tail.know(Some(served));
        let (tail, heard) = (Arc::clone(tail), tail.heard.subscribe());
        let position = *tail.last();
        Ok(Some(Reader { tail, heard, position, is_behind: false }))
    }

    async fn run(&self, tail: &Arc<Tail>) {
        let mut looked = Instant::now();
        loop {
            if let Err(error) = tail.read_on().await {
                tracing::debug!(%error, "a journal was not read; tried again");
            }
            if looked.elapsed() >= LOOK {
                looked = Instant::now();
                if let Ok(served) = directory::served(&self.ctx, tail.resource).await {
                    tail.know(served);
                }
            }
            if self.is_over(tail) {
                return;
            }
            _ = timeout(POLL, tail.nudge.notified()).await;
        }
    }

    /// Whether Pulse is, or everybody has left; nobody can come in between.
    fn is_over(&self, tail: &Arc<Tail>) -> bool {
        let mut followed = self.followed();
        // The map's and the task's.
        let is_over = tail.served.borrow().is_none() || Arc::strong_count(tail) == 2;
        if is_over {
            followed.remove(&tail.resource);
        }
        is_over
    }

    fn followed(&self) -> MutexGuard<'_, HashMap<ResourceId, Arc<Tail>>> {
        self.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tail {
    fn know(&self, served: Option<Served>) {
        self.served.send_if_modified(|known| {
            let is_news = *known != served;
            *known = served;
            is_news
        });
    }

    async fn read_on(&self) -> Result<(), Error> {
        loop {
            let last = *self.last();
            let changes = self.read(last).await?;
            let Some(change) = changes.last() else { return Ok(()) };
            *self.last() = Some(change.id);
            // Nobody may be there.
            _ = self.heard.send(Arc::new(changes));
        }
    }

    async fn read(&self, after: Option<EventId>) -> Result<Vec<Change>, Error> {
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let events = journal::read(&self.ctx, self.resource, &after, PIECE).await?;
        let mut changes = Vec::with_capacity(events.len());
        for event in events {
            changes.push(self.change(event).await?);
        }
        Ok(changes)
    }

    async fn change(&self, event: StoredEvent) -> Result<Change, Error> {
        let table = self.table(event.table).await?;
        let fault = || Error::inconsistent("pulse_event", "change", &event.id);
        let (id, tag) = (event.id.parse().map_err(|_| fault())?, event.action.bytes().next().ok_or_else(fault)?);
        Change::new(id, table, tag, Bytes::copy_from_slice(&event.change)).map_err(|_| fault())
    }

    async fn table(&self, number: i64) -> Result<Arc<Table>, Error> {
        let known = self.tables.lock().unwrap_or_else(PoisonError::into_inner).get(&number).map(Arc::clone);
        if let Some(table) = known {
            return Ok(table);
        }
        let fault = || Error::inconsistent("pulse_table", "encoded", number);
        let encoded = journal::encoded_table(&self.ctx, self.resource, number).await?.ok_or_else(fault)?;
        let table = Arc::new(Table::decode(encoded.into()).map_err(|_| fault())?);
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(tables.entry(number).or_insert(table)))
    }

    fn last(&self) -> MutexGuard<'_, Option<EventId>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reader {
    /// Goes back to what came after an event.
    pub fn rewind(&mut self, after: Option<EventId>) {
        (self.position, self.is_behind) = (after, true);
    }

    /// What the control plane says of the resource; none once Pulse is disabled.
    pub fn served(&self) -> watch::Receiver<Option<Served>> {
        self.tail.served.subscribe()
    }

    /// The next events, from some index of them on. Giving up the wait loses nothing.
    pub async fn next(&mut self) -> Result<(Arc<Vec<Change>>, usize), Error> {
        loop {
            if self.is_behind {
                let changes = self.tail.read(self.position).await?;
                match changes.last() {
                    Some(last) => {
                        self.position = Some(last.id);
                        return Ok((Arc::new(changes), 0));
                    }
                    None => self.is_behind = false,
                }
            }
            match self.heard.recv().await {
                Ok(changes) => {
                    let from = changes.partition_point(|change| Some(change.id) <= self.position);
                    if let Some(last) = changes.get(from..).and_then(<[_]>::last) {
                        self.position = Some(last.id);
                        return Ok((changes, from));
                    }
                }
                Err(broadcast::error::RecvError::Lagged(_)) => self.is_behind = true,
                // `served` says why.
                Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}
