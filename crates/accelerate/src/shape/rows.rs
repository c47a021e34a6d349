//! Rows of one query straight into the answer: no value in between, and no allocation per row.

use super::decode::{self, ColumnType, Kind};
use super::map::{self, Frame};
use super::{not_unique, too_large, within};
use crate::error::QueryError;
use crate::js::json_text;
use crate::plan::{Arity, DataMap, Encoding, Enums, FieldType, Ordered, Scalar, Structure};
use crate::value::Value;
use crate::wire::{Columns, Row, RowError, Sink};
use bytes::Bytes;
use std::ops::Range;
use std::sync::{Arc, PoisonError};

/// Writes the rows of one result as the plan's structure has them.
pub struct Rows<'a> {
    map: &'a DataMap,
    /// One object or null instead of a list.
    unique: bool,
    out: &'a mut Vec<u8>,
    /// Bytes of all rows as the database sends them, and of the answer.
    most: usize,
    received: usize,
    layout: Option<Arc<Layout>>,
    /// Where the cells of the row at hand are.
    cells: Vec<Option<Range<usize>>>,
    count: usize,
}

/// The object id of `jsonb`.
const JSONB: u32 = 3802;

/// How the rows of these columns become text; made once for a plan, and again only if its columns change.
#[derive(Debug)]
pub struct Layout {
    columns: Arc<Columns>,
    steps: Vec<Step>,
}

/// A piece of each row's text.
#[derive(Debug)]
enum Step {
    /// Names and braces, as they are.
    Text(Vec<u8>),
    Cell {
        column: usize,
        name: Box<str>,
        field: FieldType,
        form: Form,
        kind: ColumnType,
    },
}

/// A value of an enum: the database's name, and the client's as JSON.
#[derive(Debug)]
struct Label {
    own: Box<[u8]>,
    known: Box<[u8]>,
}

/// How a cell becomes JSON.
#[derive(Debug)]
enum Form {
    /// The database's text is the number.
    Number,
    Text,
    Bool,
    BigInt,
    Decimal,
    /// `timestamp`, or `timestamptz` of a session in UTC.
    Moment,
    Json,
    Jsonb,
    Enum(Vec<Label>),
    Bytes,
    /// An array of texts.
    Texts,
    /// By way of a value.
    Other,
}

impl<'a> Rows<'a> {
    pub fn new(map: &'a DataMap, unique: bool, out: &'a mut Vec<u8>, most: usize) -> Self {
        Self { map, unique, out, most, received: 0, layout: None, cells: Vec::new(), count: 0 }
    }

    /// After the last row.
    pub fn finish(self) -> Result<(), QueryError> {
        match (self.unique, self.count) {
            (true, 0) => self.out.extend_from_slice(b"null"),
            (true, 1) => {}
            (true, count) => return Err(not_unique(count)),
            (false, 0) => self.out.extend_from_slice(b"[]"),
            (false, _) => self.out.push(b']'),
        }
        within(self.out, self.most)
    }
}

impl Layout {
    fn new(map: &DataMap, columns: &Arc<Columns>) -> Result<Self, QueryError> {
        // Every type must be one that clients know, also of a column that no field asks for.
        for column in &columns.columns {
            decode::column_type(column.oid)?;
        }
        let Structure::Object { fields, .. } = &map.structure else {
            return Err(QueryError::internal("The rows of a query are no single value"));
        };
        let mut layout = Self { columns: Arc::clone(columns), steps: Vec::new() };
        layout.object(fields, &map.enums)?;
        Ok(layout)
    }

    fn object(&mut self, fields: &Ordered<Structure>, enums: &Enums) -> Result<(), QueryError> {
        self.text(b"{");
        for (at, (name, structure)) in fields.0.iter().enumerate() {
            if at > 0 {
                self.text(b",");
            }
            let mut key = Vec::with_capacity(name.len() + 3);
            json_text::write_string(&mut key, name);
            key.push(b':');
            self.text(&key);
            match structure {
                Structure::Object { fields, serialized_name: None, .. } => self.object(fields, enums)?,
                Structure::Field { db_name, field_type } => {
                    // Of two columns with one name the later counts, as in an object's assignments.
                    let column = self.columns.names.iter().rposition(|own| own == db_name);
                    let column = column.ok_or_else(|| map::missing("Value", db_name))?;
                    let oid = self.columns.columns.get(column).map_or(0, |column| column.oid);
                    let kind = decode::column_type(oid)?;
                    let form = form(field_type, kind, oid, enums);
                    self.steps.push(Step::Cell {
                        column,
                        name: db_name.clone(),
                        field: field_type.clone(),
                        form,
                        kind,
                    });
                }
                Structure::Object { .. } => return Err(map::missing("Object", name)),
                Structure::AffectedRows => {
                    return Err(QueryError::data(format!(
                        "Unexpected 'AffectedRows' node in data mapping for field '{name}'"
                    )));
                }
            }
        }
        self.text(b"}");
        Ok(())
    }

    fn text(&mut self, bytes: &[u8]) {
        match self.steps.last_mut() {
            Some(Step::Text(text)) => text.extend_from_slice(bytes),
            _ => self.steps.push(Step::Text(bytes.to_vec())),
        }
    }
}

fn form(field: &FieldType, kind: ColumnType, oid: u32, enums: &Enums) -> Form {
    if field.arity == Arity::List || kind.is_array {
        let texts = field.arity == Arity::List && kind.is_array && kind.kind == Kind::Text;
        return if texts && field.scalar == Scalar::String { Form::Texts } else { Form::Other };
    }
    match (&field.scalar, kind.kind) {
        (Scalar::Int, Kind::Int) => Form::Number,
        (Scalar::String, Kind::Text | Kind::Uuid) => Form::Text,
        (Scalar::Boolean, Kind::Bool) => Form::Bool,
        (Scalar::Bigint, Kind::BigInt | Kind::Int) => Form::BigInt,
        (Scalar::Decimal, Kind::Numeric) => Form::Decimal,
        (Scalar::Datetime, Kind::Timestamp | Kind::TimestampTz) => Form::Moment,
        (Scalar::Json, Kind::Json) if oid == JSONB => Form::Jsonb,
        (Scalar::Json, Kind::Json) => Form::Json,
        (Scalar::Enum { name }, Kind::Text) => {
            let known = enums.get(name).into_iter().flatten().map(|(own, known)| {
                let mut text = Vec::new();
                json_text::write_string(&mut text, known);
                Label { own: own.as_bytes().into(), known: text.into() }
            });
            Form::Enum(known.collect())
        }
        (Scalar::Bytes { encoding: Encoding::Array }, Kind::Bytes) => Form::Bytes,
        _ => Form::Other,
    }
}

impl Sink for Rows<'_> {
    fn columns(&mut self, columns: &Arc<Columns>) -> Result<(), QueryError> {
        let mut kept = self.map.layout.0.lock().unwrap_or_else(PoisonError::into_inner);
        self.layout = match &*kept {
            Some(layout) if layout.columns == *columns => Some(Arc::clone(layout)),
            _ => {
                let layout = Arc::new(Layout::new(self.map, columns)?);
                *kept = Some(Arc::clone(&layout));
                Some(layout)
            }
        };
        Ok(())
    }

    fn most(&self) -> usize {
        self.most
    }

    fn row(&mut self, row: Row<'_>) -> Result<(), RowError> {
        self.received += row.len();
        if self.received > self.most {
            return Err(too_large(self.most).into());
        }
        self.count += 1;
        if self.unique && self.count > 1 {
            return Ok(());
        }
        if !self.unique {
            self.out.push(if self.count == 1 { b'[' } else { b',' });
        }
        let body = row.body()?;
        row.cells()?.ranges(&mut self.cells)?;
        let frame = Frame { enums: &self.map.enums, most: self.most };
        for step in self.layout.iter().flat_map(|layout| &layout.steps) {
            match step {
                Step::Text(text) => self.out.extend_from_slice(text),
                Step::Cell { column, name, field, form, kind } => {
                    let cell = self.cells.get(*column).cloned().flatten().and_then(|range| body.get(range));
                    write(self.out, cell, name, field, form, *kind, frame)?;
                    // A plan may ask for the same long cell in many places.
                    within(self.out, self.most)?;
                }
            }
        }
        Ok(())
    }
}

fn write(
    out: &mut Vec<u8>,
    cell: Option<&[u8]>,
    name: &str,
    field: &FieldType,
    form: &Form,
    kind: ColumnType,
    frame: Frame<'_>,
) -> Result<(), QueryError> {
    let Some(cell) = cell else { return map::field(out, &Value::Null, name, field, frame) };
    let text = || std::str::from_utf8(cell).map_err(|_| decode::malformed(kind.kind));
    let done = match form {
        Form::Number if cell.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-') => {
            out.extend_from_slice(cell);
            Some(())
        }
        Form::Bool => {
            out.extend_from_slice(if cell == b"t" { b"true" } else { b"false" });
            Some(())
        }
        Form::BigInt if cell.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-') => {
            out.extend_from_slice(b"{\"$type\":\"BigInt\",\"value\":\"");
            out.extend_from_slice(cell);
            out.extend_from_slice(b"\"}");
            Some(())
        }
        Form::Text => match json_text::write_plain(out, cell) {
            Some(()) => Some(()),
            None => {
                json_text::write_string(out, text()?);
                Some(())
            }
        },
        Form::Decimal => map::decimal_of(out, text()?),
        Form::Moment => map::moment_of(out, text()?),
        Form::Json => map::json_of(out, text()?),
        Form::Jsonb => match map::jsonb_of(out, cell) {
            Some(()) => Some(()),
            None => map::json_of(out, text()?),
        },
        Form::Enum(values) => {
            values.iter().find(|label| *label.own == *cell).map(|label| out.extend_from_slice(&label.known))
        }
        Form::Texts => texts(out, cell),
        Form::Bytes => cell.strip_prefix(b"\\x").and_then(|hex| map::hex_of(out, hex)),
        Form::Number | Form::BigInt | Form::Other => None,
    };
    match done {
        Some(()) => Ok(()),
        // Whatever is unusual goes the long way, which also has the words for what is wrong.
        None => map::field(out, &decode::value(Bytes::copy_from_slice(cell), kind)?, name, field, frame),
    }
}

/// `{a,b}` as `["a","b"]`; nothing is done where a member is quoted, null, a list or beyond ASCII.
fn texts(out: &mut Vec<u8>, array: &[u8]) -> Option<()> {
    let members = array.strip_prefix(b"{")?.strip_suffix(b"}")?;
    let is_null = |member: &[u8]| member.eq_ignore_ascii_case(b"null");
    let of = || members.split(|byte| *byte == b',');
    if !json_text::is_plain(members) || members.contains(&b'{') || of().any(is_null) {
        return None;
    }
    out.push(b'[');
    for (at, member) in of().filter(|_| !members.is_empty()).enumerate() {
        out.extend_from_slice(if at > 0 { b",\"" } else { b"\"" });
        out.extend_from_slice(member);
        out.push(b'"');
    }
    out.push(b']');
    Some(())
}
