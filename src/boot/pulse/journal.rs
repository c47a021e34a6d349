//! The engine's journal, in the control database.

use super::Tails;
use control::Ctx;
use control::pulse::journal::{self, NewEvent};
use control::pulse::leases::Lease;
use kernel::ResourceId;
use pulse::Lsn;
use pulse::capture::{Batch, Fence, Gap, GapReason, Journal, JournalError, Position};
use pulse::events::{Change, EventId, Table};
use std::sync::{Arc, Mutex, PoisonError};

/// More tables than one database changes at a time; then they are asked for again.
const TABLES: usize = 1000;

pub struct ControlJournal {
    ctx: Ctx,
    resource: ResourceId,
    tails: Arc<Tails>,
    /// Those that were appended lately, with their numbers.
    tables: Mutex<Vec<(Arc<Table>, i64)>>,
    /// The last event that is there; none where that has to be asked.
    last: Mutex<Option<Option<EventId>>>,
}

impl ControlJournal {
    pub fn new(ctx: Ctx, resource: ResourceId, tails: Arc<Tails>) -> Self {
        Self { ctx, resource, tails, tables: Mutex::default(), last: Mutex::default() }
    }

    fn lease(&self, fence: Fence) -> Lease {
        Lease { resource: self.resource, token: i64::try_from(fence.0).unwrap_or(i64::MAX) }
    }

    async fn number(&self, table: &Arc<Table>) -> Result<i64, JournalError> {
        let known = |tables: &[(Arc<Table>, i64)]| {
            tables.iter().rev().find(|(known, _)| Arc::ptr_eq(known, table)).map(|(_, number)| *number)
        };
        if let Some(number) = known(&self.tables.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(number);
        }
        let number = journal::table(&self.ctx, self.resource, table.encoded()).await.map_err(unavailable)?;
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        if tables.len() >= TABLES {
            tables.clear();
        }
        tables.push((Arc::clone(table), number));
        Ok(number)
    }

    async fn last(&self) -> Result<Option<EventId>, JournalError> {
        // Until an append has succeeded, nobody knows what it did.
        let known = self.last.lock().unwrap_or_else(PoisonError::into_inner).take();
        match known {
            Some(last) => Ok(last),
            None => Ok(journal::last(&self.ctx, self.resource).await.map_err(unavailable)?.parse().ok()),
        }
    }
}

impl Journal for ControlJournal {
    async fn position(&self, fence: Fence) -> Result<Option<Position>, JournalError> {
        let found = journal::position(&self.ctx, self.lease(fence)).await.map_err(unavailable)?;
        let position = found.ok_or(JournalError::Fenced)?;
        Ok(position.map(|at| Position { epoch: at.epoch, system: at.system, through: Lsn(at.through) }))
    }

    async fn begin(&self, fence: Fence, position: &Position, gap: Option<Gap>) -> Result<(), JournalError> {
        let Position { epoch, system, through } = position.clone();
        let position = journal::Position { epoch, system, through: through.0 };
        let begun = journal::begin(&self.ctx, self.lease(fence), &position, gap.map(|gap| reason(gap.reason))).await;
        if begun.map_err(unavailable)? { Ok(()) } else { Err(JournalError::Fenced) }
    }

    async fn append(&self, fence: Fence, batch: Arc<Batch>) -> Result<Lsn, JournalError> {
        let before = self.last().await?;
        let from = batch.changes.partition_point(|change| Some(change.id) <= before);
        let changes: &[Change] = batch.changes.get(from..).unwrap_or_default();
        let mut events = Vec::with_capacity(changes.len());
        let mut table = None;
        for change in changes {
            let number = match &table {
                Some((known, number)) if Arc::ptr_eq(known, &change.table) => *number,
                _ => {
                    let number = self.number(&change.table).await?;
                    table = Some((Arc::clone(&change.table), number));
                    number
                }
            };
            let (tag, body) = change.encoded();
            events.push(NewEvent { id: change.id.to_string(), action: char::from(tag), table: number, change: body });
        }
        let through = journal::append(&self.ctx, self.lease(fence), &events, batch.through.0).await;
        let through = through.map_err(unavailable)?.ok_or(JournalError::Fenced)?;
        let last = changes.last().map(|change| change.id).or(before);
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(last);
        if !changes.is_empty() {
            self.tails.appended(self.resource, before, changes);
        }
        Ok(Lsn(through))
    }
}

fn reason(reason: GapReason) -> &'static str {
    match reason {
        GapReason::SlotMissing => "slot_missing",
        GapReason::SlotLost => "slot_lost",
        GapReason::SlotMoved => "slot_moved",
        GapReason::OtherServer => "other_server",
        GapReason::Rewound => "rewound",
    }
}

fn unavailable(error: control::Error) -> JournalError {
    tracing::warn!(%error, "the journal of a change stream does not answer; tried again");
    JournalError::Unavailable
}
