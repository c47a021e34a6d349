//! From messages to changes of committed transactions.

use std::{
    collections::{HashMap, HashSet},
    path::PathBuf,
    sync::Arc,
};

use bytes::Bytes;

use super::spill::{Record, Spill, Unspill};
use crate::{
    Error, Lsn,
    events::{Change, EventId, Table, Types},
    pgoutput::{Message, Part, decode, relation_of, split},
};

/// What has come together.
#[derive(Debug)]
pub(super) enum Step {
    /// Nothing yet.
    Nothing,
    /// Changes of one statement.
    Changes(Vec<Change>),
    /// A change of the table of this object id was too large. It has its place among the others, so that their ids stay the same.
    Oversized { table: u32 },
    /// A transaction is complete; its commit ends here.
    Committed(Lsn),
}

/// The tag of a record that only says that there was a change, and of which table.
const OVERSIZED: u8 = b'#';

/// What the messages so far have told.
pub(super) struct Assembler {
    epoch: u32,
    spill_folder: PathBuf,
    spill_memory: usize,
    spill_most: u64,
    spilt: u64,
    types: Types,
    tables: HashMap<u32, Arc<Table>>,
    /// The committed transaction whose changes come.
    open: Option<Open>,
    /// The unfinished transaction whose changes come.
    in_stream: Option<u32>,
    streamed: HashMap<u32, Streamed>,
    replay: Option<Replay>,
}

struct Open {
    commit: Lsn,
    next: u64,
}

#[derive(Default)]
struct Streamed {
    spill: Spill,
    aborted: HashSet<u32>,
}

/// A streamed transaction that was committed.
struct Replay {
    records: Unspill,
    aborted: HashSet<u32>,
    bytes: u64,
    end: Lsn,
}

impl Assembler {
    pub(super) fn new(epoch: u32, settings: &super::Settings) -> Self {
        Self {
            epoch,
            spill_folder: settings.spill.clone(),
            spill_memory: settings.spill_memory,
            spill_most: settings.spill_most,
            spilt: 0,
            types: Types::new(),
            tables: HashMap::new(),
            open: None,
            in_stream: None,
            streamed: HashMap::new(),
            replay: None,
        }
    }

    /// Whether nothing of a committed transaction is still to come or to be taken.
    pub(super) fn is_between(&self) -> bool {
        self.open.is_none() && self.replay.is_none()
    }

    /// Whether [`Assembler::replay`] has something, which comes before any further message.
    pub(super) fn is_replaying(&self) -> bool {
        self.replay.is_some()
    }

    /// Takes in a message.
    pub(super) async fn take(&mut self, message: Bytes) -> Result<Step, Error> {
        let Part { tag, xid, body } = split(message, self.in_stream.is_some())?;
        if let Some(xid) = xid {
            self.keep(Record { xid, tag, body }).await?;
            return Ok(Step::Nothing);
        }
        if matches!(tag, b'I' | b'U' | b'D' | b'T' | b'R' | b'Y') {
            return self.apply(tag, body);
        }
        match decode(tag, &body)? {
            Message::Begin { commit, .. } => self.open = Some(Open { commit, next: 0 }),
            Message::Commit { end, .. } => {
                self.open = None;
                return Ok(Step::Committed(end));
            }
            Message::StreamStart { xid, .. } => {
                self.in_stream = Some(xid);
                self.streamed.entry(xid).or_default();
            }
            Message::StreamStop => self.in_stream = None,
            Message::StreamAbort { xid, subxid } if xid == subxid => {
                let gone = self.streamed.remove(&xid).unwrap_or_default();
                self.spilt = self.spilt.saturating_sub(gone.spill.bytes());
            }
            Message::StreamAbort { xid, subxid } => {
                self.streamed.entry(xid).or_default().aborted.insert(subxid);
            }
            Message::StreamCommit { xid, commit, end } => {
                let Streamed { spill, aborted } = self.streamed.remove(&xid).unwrap_or_default();
                let bytes = spill.bytes();
                self.replay = Some(Replay { records: spill.reverse().await?, aborted, bytes, end });
                self.open = Some(Open { commit, next: 0 });
            }
            _ => {}
        }
        Ok(Step::Nothing)
    }

    /// Takes in the beginning of a message that was too large.
    pub(super) async fn take_oversized(&mut self, head: Bytes, length: usize) -> Result<Step, Error> {
        let Part { tag, xid, body } = split(head, self.in_stream.is_some())?;
        match (tag, relation_of(&body)) {
            (b'I' | b'U' | b'D', Some(_)) => {}
            // Of a message that is for others.
            (b'M', _) => return Ok(Step::Nothing),
            _ => return Err(Error::TooLarge(length)),
        }
        let body = body.slice(..4);
        match xid {
            Some(xid) => self.keep(Record { xid, tag: OVERSIZED, body }).await.map(|()| Step::Nothing),
            None => self.apply(OVERSIZED, body),
        }
    }

    /// Takes up a piece of the streamed transaction that was committed.
    pub(super) async fn replay(&mut self) -> Result<Step, Error> {
        let Some(replay) = &mut self.replay else { return Ok(Step::Nothing) };
        let Some(Record { xid, tag, body }) = replay.records.next().await? else {
            let (bytes, end) = (replay.bytes, replay.end);
            self.spilt = self.spilt.saturating_sub(bytes);
            self.replay = None;
            self.open = None;
            return Ok(Step::Committed(end));
        };
        // A table is told once a transaction, be it in a part of it that was rolled back.
        if replay.aborted.contains(&xid) && !matches!(tag, b'R' | b'Y') {
            return Ok(Step::Nothing);
        }
        self.apply(tag, body)
    }

    async fn keep(&mut self, record: Record) -> Result<(), Error> {
        let xid = self.in_stream.unwrap_or(record.xid);
        let streamed = self.streamed.entry(xid).or_default();
        let before = streamed.spill.bytes();
        streamed.spill.push(&record, &self.spill_folder, self.spill_memory).await?;
        self.spilt += streamed.spill.bytes() - before;
        if self.spilt > self.spill_most { Err(Error::SpillFull(self.spill_most)) } else { Ok(()) }
    }

    fn apply(&mut self, tag: u8, body: Bytes) -> Result<Step, Error> {
        let relations: Box<[u32]> = match tag {
            b'Y' | b'R' | b'T' => match decode(tag, &body)? {
                Message::Type(name) => {
                    self.types.insert(name.oid, name);
                    return Ok(Step::Nothing);
                }
                Message::Relation(relation) => {
                    let table = Table::new(&body, &self.types)?;
                    // The same again, after a new connection: what subscribers remember of it stays good.
                    if self.tables.get(&relation.id).is_none_or(|known| **known != table) {
                        self.tables.insert(relation.id, Arc::new(table));
                    }
                    return Ok(Step::Nothing);
                }
                Message::Truncate { relations } => relations,
                _ => return Err(Error::NotPostgres),
            },
            b'I' | b'U' | b'D' => Box::new([relation_of(&body).ok_or(Error::NotPostgres)?]),
            OVERSIZED => {
                self.open.as_mut().ok_or(Error::NotPostgres)?.next += 1;
                return Ok(Step::Oversized { table: relation_of(&body).ok_or(Error::NotPostgres)? });
            }
            // What `pg_logical_emit_message` wrote is for others.
            _ => return Ok(Step::Nothing),
        };
        let open = self.open.as_mut().ok_or(Error::NotPostgres)?;
        let mut changes = Vec::with_capacity(relations.len());
        for relation in &relations {
            let table = Arc::clone(self.tables.get(relation).ok_or(Error::NotPostgres)?);
            let id = EventId { epoch: self.epoch, commit: open.commit, index: open.next };
            open.next += 1;
            changes.push(Change::new(id, table, tag, body.clone())?);
        }
        Ok(Step::Changes(changes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{dice::Dice, pgoutput::hostile::samples};

    /// Changes as a source sends them, in any order and torn: refused, or assembled to something.
    #[tokio::test]
    async fn no_order_of_messages_makes_it_panic() {
        let settings = crate::capture::Settings { spill_memory: 200, spill_most: 5000, ..Default::default() };
        let (mut dice, samples) = (Dice::new(11), samples());
        let mut changes = 0;
        for _ in 0..3000 {
            let mut assembler = Assembler::new(1, &settings);
            for step in 0..dice.below(40) {
                // A transaction and its table first, or nothing would come of the rest.
                let sample = [0, 3].get(step).copied().unwrap_or_else(|| dice.below(samples.len()));
                let mut message = samples[sample].to_vec();
                if assembler.in_stream.is_some() && b"RYIUDTM".contains(&message[0]) {
                    message.splice(1..1, (700 + u32::from(step % 3 == 0)).to_be_bytes());
                }
                if dice.below(8) == 0 {
                    dice.mutate(&mut message, &samples[3]);
                }
                let taken = match dice.below(20) {
                    0 => assembler.take_oversized(message.into(), 1 << 30).await,
                    _ => assembler.take(message.into()).await,
                };
                while assembler.is_replaying() {
                    if assembler.replay().await.is_err() {
                        break;
                    }
                }
                match taken {
                    Ok(Step::Changes(found)) => changes += found.len(),
                    Ok(_) => {}
                    Err(_) => break,
                }
            }
        }
        assert!(changes > 1000, "{changes}");
    }
}
