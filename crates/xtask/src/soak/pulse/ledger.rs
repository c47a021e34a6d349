//! What a stream has told, held against what was committed.

use std::collections::{HashMap, HashSet};

use anyhow::{Context, Result, bail, ensure};

use crate::database::Database;
use crate::socket;

/// An item's change: who wrote it, its number there, and what was done.
type Line = (u64, u64, String);
type Id = [u8; 38];

/// All that came, in order.
#[derive(Default)]
pub struct Ledger {
    heard: HashMap<Id, Line>,
    lines: HashSet<Line>,
    newest: Option<Id>,
    /// The last transaction of each writer.
    transactions: HashMap<u64, u64>,
    /// Events that came once more.
    pub repeated: usize,
}

impl Ledger {
    /// Takes an event in.
    ///
    /// # Errors
    /// Where it does not stand where it should, or is another one than the first time.
    pub fn note(&mut self, event: &[u8]) -> Result<Id> {
        let shown = || String::from_utf8_lossy(event).into_owned();
        let id: Id = socket::id(event).try_into().ok().with_context(shown)?;
        let word = event.get(57..63).with_context(shown)?;
        let action = String::from_utf8_lossy(word).into_owned();
        let number = |name| socket::number(event, name).with_context(shown);
        let (writer, transaction, seq) = (number("writer")?, number("tx")?, number("seq")?);
        let line = (writer, seq, action);
        if let Some(before) = self.heard.get(&id) {
            ensure!(*before == line, "what was {before:?} came again as {}", shown());
            self.repeated += 1;
            return Ok(id);
        }
        ensure!(self.newest < Some(id), "an event came late: {}", shown());
        let last = self.transactions.entry(writer).or_default();
        ensure!(*last <= transaction, "transaction {last} came before {}", shown());
        (*last, self.newest) = (transaction, Some(id));
        ensure!(self.lines.insert(line.clone()), "a change came by another id: {}", shown());
        self.heard.insert(id, line);
        Ok(id)
    }

    pub fn len(&self) -> usize {
        self.heard.len()
    }

    /// Everything that was committed came, and nothing else.
    pub fn check(&self, source: &Database, from: &str) -> Result<()> {
        let told = source.run(&format!("select writer, seq, action from line where action <> 'end' and {from}"))?;
        let mut committed = 0;
        for line in told.lines() {
            let mut fields = line.split('|');
            let mut next = || fields.next().unwrap_or_default();
            let line: Line = (next().parse()?, next().parse()?, next().to_owned());
            committed += 1;
            if !self.lines.contains(&line) {
                bail!("lost: {line:?}, of {} events", self.len());
            }
        }
        ensure!(committed == self.len(), "{} events of {committed} changes", self.len());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: u8, action: &str, transaction: u32, seq: u32) -> Vec<u8> {
        format!(r#"{{"id":"00000001-0000000001a2b3c4-0000000000{id:02x}","action":"{action}","x":{{"writer":1,"tx":{transaction},"seq":{seq}}}}}"#).into_bytes()
    }

    #[test]
    fn order_repetition_and_change_are_seen() {
        let mut ledger = Ledger::default();
        ledger.note(&event(1, "create", 1, 5)).unwrap();
        ledger.note(&event(3, "update", 2, 6)).unwrap();
        ledger.note(&event(1, "create", 1, 5)).unwrap();
        assert_eq!((ledger.len(), ledger.repeated), (2, 1));
        for wrong in
            [event(2, "create", 2, 9), event(3, "update", 2, 7), event(4, "create", 1, 9), event(5, "create", 2, 5)]
        {
            assert!(ledger.note(&wrong).is_err(), "{}", String::from_utf8_lossy(&wrong));
        }
    }
}
