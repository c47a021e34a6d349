//! What the server says of tables and types, before the first change of each and again after they have changed.

use super::reader::{Malformed, Reader};

/// A table as it was when a change was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// Object id.
    pub id: u32,
    /// Namespace; empty for `pg_catalog`.
    pub schema: Box<str>,
    /// The table's name.
    pub name: Box<str>,
    /// What an update or a delete tells of the row as it was.
    pub identity: Identity,
    /// The published columns, in the order of every [`super::Tuple`].
    pub columns: Box<[Column]>,
}

/// A published column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Part of the replica identity.
    pub is_key: bool,
    /// The column's name.
    pub name: Box<str>,
    /// The type's object id.
    pub oid: u32,
}

/// `REPLICA IDENTITY` of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identity {
    /// The primary key, if there is one.
    Default,
    /// Nothing: updates and deletes cannot be published.
    Nothing,
    /// The whole row.
    Full,
    /// A unique index.
    Index,
}

/// The name of a type that is not built in. Of a domain it is the name of what lies below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeName {
    /// Object id, as in [`Column::oid`].
    pub oid: u32,
    /// Namespace; empty for `pg_catalog`.
    pub schema: Box<str>,
    /// The type's name; an array's begins with an underscore.
    pub name: Box<str>,
}

impl Relation {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, Malformed> {
        let (id, schema, name) = (reader.u32()?, reader.text()?, reader.text()?);
        let identity = match reader.u8()? {
            b'd' => Identity::Default,
            b'n' => Identity::Nothing,
            b'f' => Identity::Full,
            b'i' => Identity::Index,
            _ => return Err(Malformed),
        };
        let columns = (0..reader.u16()?).map(|_| Column::read(reader)).collect::<Result<_, _>>()?;
        Ok(Self { id, schema, name, identity, columns })
    }
}

impl Column {
    fn read(reader: &mut Reader) -> Result<Self, Malformed> {
        let is_key = reader.u8()? & 1 == 1;
        let (name, oid) = (reader.text()?, reader.u32()?);
        // The modifier: values come as text, which it has shaped already.
        reader.take(4)?;
        Ok(Self { is_key, name, oid })
    }
}

impl TypeName {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, Malformed> {
        Ok(Self { oid: reader.u32()?, schema: reader.text()?, name: reader.text()? })
    }
}
