//! One change of one table.

use std::sync::Arc;

use bytes::Bytes;

use super::{EventId, Table};
use crate::pgoutput::{Cell, Malformed, Message, Old, Tuple, decode};

/// What happened to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// A new row.
    Create,
    /// A changed row.
    Update,
    /// A row that is gone.
    Delete,
    /// All rows are gone.
    Truncate,
}

/// A change of a committed transaction, with its place among all of them. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The place.
    pub id: EventId,
    /// What happened.
    pub action: Action,
    /// To which table.
    pub table: Arc<Table>,
    body: Bytes,
}

/// A row as an event tells it.
pub(crate) struct Image {
    tuple: Tuple,
    /// Where values come from that the row itself does not have.
    whole_old: Option<Tuple>,
    is_key: bool,
}

/// The values of a row by column; `None` where it is not known.
pub(crate) type Cells<'a> = Vec<Option<Option<&'a str>>>;

impl Change {
    /// `tag` and `body` as [`crate::pgoutput::split`] gives them. Checks them whole.
    ///
    /// # Errors
    /// [`Malformed`] for what is no change.
    pub fn new(id: EventId, table: Arc<Table>, tag: u8, body: Bytes) -> Result<Self, Malformed> {
        let action = match decode(tag, &body)? {
            Message::Insert { .. } => Action::Create,
            Message::Update { .. } => Action::Update,
            Message::Delete { .. } => Action::Delete,
            Message::Truncate { .. } => Action::Truncate,
            _ => return Err(Malformed),
        };
        Ok(Self { id, action, table, body })
    }

    /// For a journal: what [`Change::new`] takes.
    #[must_use]
    pub fn encoded(&self) -> (u8, &Bytes) {
        (self.tag(), &self.body)
    }

    fn tag(&self) -> u8 {
        match self.action {
            Action::Create => b'I',
            Action::Update => b'U',
            Action::Delete => b'D',
            Action::Truncate => b'T',
        }
    }

    /// The row that the event tells: as it is, or as it was where it is gone. `None` where all rows are.
    pub(crate) fn image(&self) -> Result<Option<Image>, Malformed> {
        let row = |tuple| Image { tuple, whole_old: None, is_key: false };
        Ok(match decode(self.tag(), &self.body)? {
            Message::Insert { new, .. } => Some(row(new)),
            Message::Update { new, old: Some(Old::Row(old)), .. } => {
                Some(Image { tuple: new, whole_old: Some(old), is_key: false })
            }
            Message::Update { new, .. } => Some(row(new)),
            Message::Delete { old: Old::Row(old), .. } => Some(row(old)),
            Message::Delete { old: Old::Key(old), .. } => Some(Image { tuple: old, whole_old: None, is_key: true }),
            _ => None,
        })
    }
}

impl Image {
    pub(crate) fn cells(&self, table: &Table) -> Cells<'_> {
        let mut old = self.whole_old.as_ref().map(|old| old.cells());
        let columns = table.relation().columns.iter();
        let known = |cell| match cell {
            Cell::Null => Some(None),
            Cell::Text(text) => Some(Some(text)),
            Cell::Unchanged => None,
        };
        let cells = self.tuple.cells().zip(columns).map(|(cell, column)| {
            let old = old.as_mut().and_then(Iterator::next);
            if self.is_key && !column.is_key { None } else { known(cell).or_else(|| old.and_then(known)) }
        });
        cells.collect()
    }
}
