//! A table as changes and models see it.

use std::collections::HashMap;

use bytes::{Buf, BufMut, Bytes, BytesMut};

use super::Model;
use crate::{
    pgoutput::{Malformed, Message, Relation, TypeName, decode},
    values::ColumnType,
};

/// The types that the server has named so far, by object id.
pub(crate) type Types = HashMap<u32, TypeName>;

/// A table as it was when changes of it were made, with what its columns hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    relation: Relation,
    types: Box<[ColumnType]>,
    encoded: Bytes,
}

impl Table {
    /// From the body of a relation's message. Copies what it keeps.
    pub(crate) fn new(body: &Bytes, types: &Types) -> Result<Self, Malformed> {
        let Message::Relation(relation) = decode(b'R', body)? else { return Err(Malformed) };
        let named: Vec<_> = relation.columns.iter().filter_map(|column| types.get(&column.oid)).collect();
        let mut encoded = BytesMut::new();
        for name in &named {
            let mut body = BytesMut::new();
            body.put_u32(name.oid);
            for text in [&name.schema, &name.name] {
                body.put_slice(text.as_bytes());
                body.put_u8(0);
            }
            push(&mut encoded, b'Y', &body);
        }
        push(&mut encoded, b'R', body);
        let columns = relation.columns.iter().map(|column| ColumnType::of(column.oid, types.get(&column.oid)));
        let columns = columns.collect();
        Ok(Self { relation, types: columns, encoded: encoded.freeze() })
    }

    /// What the server said of it.
    #[must_use]
    pub fn relation(&self) -> &Relation {
        &self.relation
    }

    /// For a journal: [`Table::decode`] makes the same of it.
    #[must_use]
    pub fn encoded(&self) -> &Bytes {
        &self.encoded
    }

    /// Reads what [`Table::encoded`] gave.
    ///
    /// # Errors
    /// [`Malformed`] for other bytes.
    pub fn decode(mut encoded: Bytes) -> Result<Self, Malformed> {
        let mut types = Types::new();
        loop {
            let (tag, length) = (encoded.try_get_u8().map_err(|_| Malformed)?, encoded.try_get_u32());
            let length = length.ok().and_then(|length| usize::try_from(length).ok()).ok_or(Malformed)?;
            let body = (length <= encoded.len()).then(|| encoded.split_to(length)).ok_or(Malformed)?;
            match (tag, decode(tag, &body)?) {
                (b'R', _) if encoded.is_empty() => return Self::new(&body, &types),
                (_, Message::Type(name)) => drop(types.insert(name.oid, name)),
                _ => return Err(Malformed),
            }
        }
    }

    pub(crate) fn types(&self) -> &[ColumnType] {
        &self.types
    }
}

fn push(out: &mut BytesMut, tag: u8, body: &[u8]) {
    out.put_u8(tag);
    out.put_u32(u32::try_from(body.len()).unwrap_or(u32::MAX));
    out.put_slice(body);
}

/// Where each field of a model is in a table's rows; `None` where the table publishes no such column.
#[derive(Debug, Clone)]
pub(crate) struct Binding(pub(crate) Box<[Option<usize>]>);

impl Binding {
    pub(crate) fn new(model: &Model, table: &Table) -> Self {
        let place = |column: &str| table.relation.columns.iter().position(|found| &*found.name == column);
        Self(model.fields.iter().map(|field| place(&field.column)).collect())
    }
}
