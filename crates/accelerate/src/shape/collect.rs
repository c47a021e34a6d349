//! Results that are kept for the nodes above, or only counted.

use super::decode::{self, ColumnType, Kind};
use super::too_large;
use crate::error::QueryError;
use crate::value::{Names, Record, Value};
use crate::wire::{Columns, Row, RowError, Sink};
use std::sync::Arc;

/// Rows in memory.
pub struct Collected {
    names: Names,
    types: Vec<ColumnType>,
    rows: Vec<Vec<Value>>,
    bytes: usize,
    most: usize,
}

impl Collected {
    /// `most`: bytes of all rows, as the database sends them.
    pub fn new(most: usize) -> Self {
        Self { names: Arc::new([]), types: Vec::new(), rows: Vec::new(), bytes: 0, most }
    }

    pub fn into_records(self) -> Value {
        let Self { names, rows, .. } = self;
        let record = |values| Value::Record(Arc::new(Record::row(Arc::clone(&names), values)));
        Value::list(rows.into_iter().map(record).collect())
    }

    /// `{ columns, types, rows }`, as `$queryRaw` reads it.
    pub fn into_raw(self) -> Result<Value, QueryError> {
        let text = |text: &str| Value::text(text);
        let columns = self.names.iter().map(|name| text(name)).collect();
        let types = self.types.iter().map(|kind| text(kind.name())).collect();
        let mut rows = Vec::with_capacity(self.rows.len());
        for row in self.rows {
            let cells = row.into_iter().zip(&self.types).map(|(value, kind)| raw(value, kind.kind));
            rows.push(Value::list(cells.collect::<Result<_, _>>()?));
        }
        let fields = [("columns", columns), ("types", types), ("rows", rows)];
        let fields = fields.into_iter().map(|(name, values)| (name.into(), Value::list(values)));
        Ok(Value::Record(Record::new(fields.collect()).into()))
    }
}

/// What `$queryRaw` is told of a value: JSON is parsed, an oid is the text of a bigint.
fn raw(value: Value, kind: Kind) -> Result<Value, QueryError> {
    match (value, kind) {
        (Value::List(values), kind) => Arc::unwrap_or_clone(values)
            .into_iter()
            .map(|value| raw(value, kind))
            .collect::<Result<_, _>>()
            .map(Value::list),
        (Value::Text(text), Kind::Json) => super::json::normalized(&text),
        (Value::Int(number), Kind::Oid) => Ok(Value::text(number.to_string())),
        (value, _) => Ok(value),
    }
}

impl Sink for Collected {
    fn columns(&mut self, columns: &Arc<Columns>) -> Result<(), QueryError> {
        self.names = Arc::clone(&columns.names);
        self.types = columns.columns.iter().map(|column| decode::column_type(column.oid)).collect::<Result<_, _>>()?;
        Ok(())
    }

    fn most(&self) -> usize {
        self.most
    }

    fn row(&mut self, row: Row<'_>) -> Result<(), RowError> {
        self.bytes += row.len();
        if self.bytes > self.most {
            return Err(too_large(self.most).into());
        }
        let (mut values, mut wrong, mut types) = (Vec::with_capacity(self.types.len()), None, self.types.iter());
        row.into_owned(|cell| {
            let Some(kind) = types.next() else { return };
            values.push(match cell.map(|cell| decode::value(cell, *kind)) {
                None => Value::Null,
                Some(Ok(value)) => value,
                Some(Err(error)) => {
                    wrong = Some(error);
                    Value::Null
                }
            });
        })?;
        match wrong {
            Some(error) => Err(error.into()),
            None => {
                self.rows.push(values);
                Ok(())
            }
        }
    }
}

/// Of a row that nobody looks at.
const LONGEST_IGNORED: usize = 16 * 1024 * 1024;

/// Counts alone matter.
pub struct Ignored;

impl Sink for Ignored {
    fn columns(&mut self, _: &Arc<Columns>) -> Result<(), QueryError> {
        Ok(())
    }

    fn most(&self) -> usize {
        LONGEST_IGNORED
    }

    fn row(&mut self, _: Row<'_>) -> Result<(), RowError> {
        Ok(())
    }
}
