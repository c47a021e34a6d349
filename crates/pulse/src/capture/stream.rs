//! From a running source to the journal and to those who listen.

use std::{convert::Infallible, sync::Arc};

use futures::{FutureExt, future::BoxFuture};
use tokio::time::{Instant, timeout_at};

use super::{
    BackOff, Batch, Capture, Failure, Journal, JournalError, Phase, Tidings,
    assemble::{Assembler, Step},
    begin::Begun,
};
use crate::{
    Lsn,
    events::{Change, EventId},
    source::{ChangeSource, Frame},
};

/// What has come and is not handed on yet.
struct Pending {
    changes: Vec<Change>,
    bytes: usize,
    through: Lsn,
    /// The last batch ended inside of a transaction.
    is_cut: bool,
    /// That transaction is complete now: its end is worth a batch of its own.
    is_due: bool,
}

/// What happened next.
enum Happened {
    Written(Result<Lsn, JournalError>),
    Came(Frame),
}

impl<J: Journal> Capture<J> {
    /// Reads while the journal writes: one batch is on its way and one comes together, and no more is read.
    pub(super) async fn stream(&self, begun: Begun, back_off: &mut BackOff) -> Result<Infallible, Failure> {
        let Begun { mut source, position } = begun;
        let mut assembler = Assembler::new(position.epoch, &self.settings);
        let mut pending =
            Pending { changes: Vec::new(), bytes: 0, through: position.through, is_cut: false, is_due: false };
        let mut writing: Option<BoxFuture<'_, Result<Lsn, JournalError>>> = None;
        let (mut durable, mut advanced, mut handed) = (position.through, Instant::now(), Instant::now());
        self.status.send_modify(|status| (status.phase, status.durable) = (Phase::Streaming, durable));
        loop {
            let is_full =
                pending.changes.len() >= self.settings.batch_changes || pending.bytes >= self.settings.batch_bytes;
            if assembler.is_replaying() && !is_full {
                self.step(assembler.replay().await?, &mut pending);
                continue;
            }
            // What was read already is taken without looking at anything else.
            if !is_full && let Some(frame) = source.ready() {
                self.take(frame?, &mut assembler, &mut pending).await?;
                continue;
            }
            let is_idle = pending.changes.is_empty() && pending.through > durable;
            let is_time = pending.is_due || advanced.elapsed() >= self.settings.advance;
            let lingers_until = handed + self.settings.linger;
            let is_ready = !pending.changes.is_empty() && (is_full || lingers_until <= Instant::now());
            if writing.is_none() && (is_ready || (is_idle && is_time)) {
                // What is there already goes with it.
                if !is_full && let Some(frame) = source.next().now_or_never() {
                    self.take(frame?, &mut assembler, &mut pending).await?;
                    continue;
                }
                (advanced, handed) = (Instant::now(), Instant::now());
                pending.is_cut = !assembler.is_between();
                writing = Some(self.hand_on(&mut pending));
                // Those who listen get a turn for each batch, however quick the source and the journal are.
                tokio::task::yield_now().await;
            }
            let happened = match &mut writing {
                Some(write) if is_full => tokio::select! {
                    biased;
                    written = write => Happened::Written(written),
                    error = source.wait() => return Err(error.into()),
                },
                Some(write) => tokio::select! {
                    biased;
                    written = write => Happened::Written(written),
                    frame = source.next() => Happened::Came(frame?),
                },
                // The server sends change by change. When many come, they come together.
                None if !pending.changes.is_empty() => match timeout_at(lingers_until, source.next()).await {
                    Ok(frame) => Happened::Came(frame?),
                    Err(_) => continue,
                },
                None => Happened::Came(source.next().await?),
            };
            match happened {
                Happened::Written(written) => {
                    writing = None;
                    durable = durable.max(written?);
                    source.confirm(durable);
                    back_off.reset();
                    self.status.send_modify(|status| status.durable = durable);
                }
                Happened::Came(frame) => self.take(frame, &mut assembler, &mut pending).await?,
            }
        }
    }

    async fn take(&self, frame: Frame, assembler: &mut Assembler, pending: &mut Pending) -> Result<(), Failure> {
        match frame {
            Frame::Message(message) => self.step(assembler.take(message).await?, pending),
            Frame::Oversized { head, length } => self.step(assembler.take_oversized(head, length).await?, pending),
            // Nothing up to there is for us, but what is pending.
            Frame::Reached(reached) if assembler.is_between() => pending.through = pending.through.max(reached),
            Frame::Reached(_) => {}
        }
        Ok(())
    }

    fn step(&self, step: Step, pending: &mut Pending) {
        match step {
            Step::Nothing => {}
            Step::Changes(changes) => {
                pending.bytes += changes.iter().map(|change| change.encoded().1.len()).sum::<usize>();
                pending.changes.extend(changes);
            }
            Step::Oversized { table } => {
                tracing::warn!(slot = self.names.slot, table, "a change is too large and was left out");
                self.status.send_modify(|status| status.oversized += 1);
            }
            Step::Committed(end) => {
                pending.through = pending.through.max(end);
                pending.is_due |= std::mem::take(&mut pending.is_cut);
            }
        }
    }

    /// To those who listen at once, what they have not heard before; to the journal all.
    fn hand_on(&self, pending: &mut Pending) -> BoxFuture<'_, Result<Lsn, JournalError>> {
        (pending.bytes, pending.is_due) = (0, false);
        let batch = Arc::new(Batch { changes: std::mem::take(&mut pending.changes), through: pending.through });
        let count = u64::try_from(batch.changes.len()).unwrap_or(u64::MAX);
        self.status.send_modify(|status| status.changes = status.changes.saturating_add(count));
        self.tell(&batch);
        Box::pin(self.journal.append(self.fence, batch))
    }

    fn tell(&self, batch: &Arc<Batch>) {
        let Some(last) = batch.changes.last().map(|change| change.id) else { return };
        let mut told: Option<EventId> = None;
        self.status.send_modify(|status| {
            told = status.told;
            status.told = status.told.max(Some(last));
        });
        let is_new = |change: &&Change| told.is_none_or(|told| change.id > told);
        let news = batch.changes.iter().filter(is_new).count();
        if news == batch.changes.len() {
            self.live.tell(Tidings::Changes(Arc::clone(batch)));
        } else if news > 0 {
            let changes = batch.changes[batch.changes.len() - news..].to_vec();
            self.live.tell(Tidings::Changes(Arc::new(Batch { changes, through: batch.through })));
        }
    }
}
