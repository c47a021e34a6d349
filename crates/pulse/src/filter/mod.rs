//! The filters of a subscription, compiled once.
//!
//! They mean what the same filters mean in a query: a comparison with null, or with a value that an event does not have, is neither true nor
//! false, and an event is told only where its filter is true. Texts are ordered by their code points, whatever the database's collation.

mod operand;
mod parse;
mod test;
#[cfg(test)]
mod tests;

pub(crate) use operand::Operand;
pub(crate) use parse::{parse, wrong};
pub(crate) use test::{Mode, Test};

use crate::{
    events::{Binding, Cells, Field, Table},
    values::ColumnType,
};

/// A condition on an event's row.
#[derive(Debug, Clone)]
pub(crate) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
    Field { field: usize, test: Test },
}

/// A row to be judged.
pub(crate) struct Candidate<'a> {
    pub(crate) fields: &'a [Field],
    pub(crate) table: &'a Table,
    pub(crate) binding: &'a Binding,
    pub(crate) cells: &'a Cells<'a>,
}

impl Filter {
    /// `None` where it depends on what is null or not known.
    pub(crate) fn holds(&self, candidate: &Candidate<'_>) -> Option<bool> {
        match self {
            Self::All(filters) => all(filters.iter().map(|filter| filter.holds(candidate))),
            Self::Any(filters) => all(filters.iter().map(|filter| filter.holds(candidate).map(|it| !it))).map(|it| !it),
            Self::Not(filter) => filter.holds(candidate).map(|it| !it),
            Self::Field { field, test } => {
                let (scalar, column, cell) = candidate.cell(*field)?;
                test.holds(scalar, column, cell)
            }
        }
    }
}

impl<'a> Candidate<'a> {
    fn cell(&self, field: usize) -> Option<(crate::events::Scalar, ColumnType, Option<&'a str>)> {
        let place = (*self.binding.0.get(field)?)?;
        let cell = (*self.cells.get(place)?)?;
        Some((self.fields.get(field)?.scalar, *self.table.types().get(place)?, cell))
    }
}

/// True where all are, false where one is false, else not known.
pub(crate) fn all(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut all = Some(true);
    for answer in answers {
        match answer {
            Some(false) => return Some(false),
            Some(true) => {}
            None => all = None,
        }
    }
    all
}
