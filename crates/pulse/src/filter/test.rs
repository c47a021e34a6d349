//! Conditions on one field.

use std::cmp::Ordering;

use super::{Operand, all};
use crate::{
    events::Scalar,
    values::{self, ColumnType, Member},
};

/// Whether large and small letters differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Mode {
    #[default]
    Default,
    Insensitive,
}

/// A condition on a value.
#[derive(Debug, Clone)]
pub(crate) enum Test {
    All(Vec<Test>),
    Not(Box<Test>),
    IsNull,
    Equals(Operand, Mode),
    In(Vec<Operand>, Mode),
    Order(Operand, fn(Ordering) -> bool, Mode),
    Contains(String, Mode),
    StartsWith(String, Mode),
    EndsWith(String, Mode),
    /// A list with these members in this order.
    IsList(Vec<Operand>),
    HasEvery(Vec<Operand>),
    HasSome(Vec<Operand>),
    IsEmpty(bool),
}

impl Test {
    /// `None` where the value is null, unless that is what was asked.
    pub(crate) fn holds(&self, scalar: Scalar, column: ColumnType, cell: Option<&str>) -> Option<bool> {
        match self {
            Self::All(tests) => return all(tests.iter().map(|test| test.holds(scalar, column, cell))),
            Self::Not(test) => return test.holds(scalar, column, cell).map(|it| !it),
            Self::IsNull => return Some(cell.is_none()),
            _ => {}
        }
        let cell = cell?;
        if column.is_array {
            return self.holds_of_list(&members(scalar, column, cell)?);
        }
        let value = Operand::of_database(scalar, column.kind, cell)?;
        self.holds_of(value)
    }

    fn holds_of(&self, value: Operand) -> Option<bool> {
        let folded = |mode: &Mode, value: Operand| if *mode == Mode::Insensitive { value.folded() } else { value };
        let text = |mode: &Mode, value| match folded(mode, value) {
            Operand::Text(text) => Some(text),
            _ => None,
        };
        Some(match self {
            Self::Equals(operand, mode) => folded(mode, value) == *operand,
            Self::In(operands, mode) => operands.contains(&folded(mode, value)),
            Self::Order(operand, is_so, mode) => is_so(folded(mode, value).order(operand)?),
            Self::Contains(part, mode) => text(mode, value)?.contains(part),
            Self::StartsWith(part, mode) => text(mode, value)?.starts_with(part),
            Self::EndsWith(part, mode) => text(mode, value)?.ends_with(part),
            // The column is no list, though the client's schema may not say so.
            _ => return None,
        })
    }

    fn holds_of_list(&self, members: &[Option<Operand>]) -> Option<bool> {
        let has = |operand: &Operand| members.iter().flatten().any(|member| member == operand);
        Some(match self {
            Self::IsList(operands) => members.iter().map(Option::as_ref).eq(operands.iter().map(Some)),
            Self::HasEvery(operands) => operands.iter().all(has),
            Self::HasSome(operands) => operands.iter().any(has),
            Self::IsEmpty(expected) => members.is_empty() == *expected,
            _ => return None,
        })
    }
}

fn members(scalar: Scalar, column: ColumnType, text: &str) -> Option<Vec<Option<Operand>>> {
    let member = |member| match member {
        Member::Null => Some(None),
        Member::Text(text) => Operand::of_database(scalar, column.kind, &text).map(Some),
        // Prisma has lists of one dimension.
        Member::Array(_) => None,
    };
    values::members(text)?.into_iter().map(member).collect()
}
