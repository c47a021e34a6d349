//! The ends of the journals, as this node's subscribers hear them.
//!
//! Each journal that somebody listens to is read once for all of them, every tenth of a second; what this node has written is not read again, but handed
//! on as it was written. Who is further behind reads the journal for itself, until it has caught up.

use super::piece::{Audience, Piece};
use super::reader::Reader;
use bytes::Bytes;
use control::pulse::directory::{self, Served};
use control::pulse::journal::{self, StoredEvent};
use control::{Ctx, Error};
use kernel::ResourceId;
use pulse::events::{Change, EventId, Table};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::{Notify, broadcast, watch};
use tokio::time::{Instant, timeout};

const POLL: Duration = Duration::from_millis(100);
/// How often it is asked whether the resource still has Pulse.
const LOOK: Duration = Duration::from_millis(500);
/// Bytes that are read in one piece, unless one batch has more.
const PIECE: i64 = 256 * 1024;
/// Pieces that wait for a subscriber; one that is further behind reads the journal.
const RING: usize = 64;
/// Pieces of which what audiences are told is kept: those who listen hardly differ by more.
const KEPT: usize = 4;

pub struct Tails {
    ctx: Ctx,
    followed: Mutex<HashMap<ResourceId, Arc<Tail>>>,
}

/// The end of one journal.
pub struct Tail {
    ctx: Ctx,
    resource: ResourceId,
    nudge: Notify,
    pub(super) heard: broadcast::Sender<Arc<Piece>>,
    pub(super) served: watch::Sender<Option<Served>>,
    end: Mutex<End>,
    pub(super) audiences: Mutex<HashMap<String, Weak<Audience>>>,
    tables: Mutex<HashMap<i64, Arc<Table>>>,
}

/// Up to where those who listen have heard.
struct End {
    last: Option<EventId>,
    recent: VecDeque<Arc<Piece>>,
}

impl Tails {
    pub fn new(ctx: Ctx) -> Self {
        Self { ctx, followed: Mutex::default() }
    }

    /// These were written behind `before`.
    pub fn appended(&self, resource: ResourceId, before: Option<EventId>, changes: &[Change]) {
        let Some(tail) = self.followed().get(&resource).map(Arc::clone) else { return };
        let mut end = tail.end();
        if end.last == before {
            end.tell(&tail.heard, changes.to_vec());
        } else {
            // Something is missing in between, or they were read already.
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
                end: Mutex::new(End { last, recent: VecDeque::new() }),
                audiences: Mutex::default(),
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
        let position = tail.end().last;
        Ok(Some(Reader::new(tail, heard, position)))
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
            let last = self.end().last;
            let mut changes = self.read(last).await?;
            if changes.is_empty() {
                return Ok(());
            }
            // Some may have been handed on meanwhile.
            let mut end = self.end();
            let known = changes.partition_point(|change| Some(change.id) <= end.last);
            if known < changes.len() {
                end.tell(&self.heard, changes.split_off(known));
            }
        }
    }

    pub(super) async fn read(&self, after: Option<EventId>) -> Result<Vec<Change>, Error> {
        let text = after.map(|id| id.to_string()).unwrap_or_default();
        let batches = journal::read(&self.ctx, self.resource, &text, PIECE).await?;
        let mut changes: Vec<Change> = Vec::new();
        for event in batches.into_iter().flatten() {
            let change = self.change(event).await?;
            // What lies behind a gap is a piece of its own.
            if changes.first().is_some_and(|first| first.id.epoch != change.id.epoch) {
                break;
            }
            // What was written twice lies in two batches.
            if Some(change.id) > changes.last().map(|last| last.id).or(after) {
                changes.push(change);
            }
        }
        Ok(changes)
    }

    async fn change(&self, event: StoredEvent) -> Result<Change, Error> {
        let table = self.table(event.table).await?;
        let fault = || Error::inconsistent("pulse_batch", "changes", &event.id);
        let id = event.id.parse().map_err(|_| fault())?;
        Change::new(id, table, event.action, Bytes::from(event.change)).map_err(|_| fault())
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

    fn end(&self) -> MutexGuard<'_, End> {
        self.end.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl End {
    fn tell(&mut self, heard: &broadcast::Sender<Arc<Piece>>, changes: Vec<Change>) {
        let piece = Arc::new(Piece::shared(changes));
        self.last = piece.last().or(self.last);
        self.recent.push_back(Arc::clone(&piece));
        if self.recent.len() > KEPT
            && let Some(old) = self.recent.pop_front()
        {
            old.forget();
        }
        // Nobody may be there.
        _ = heard.send(piece);
    }
}
