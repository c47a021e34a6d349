//! A model of the client's schema, from its runtime datamodel.

use serde::Deserialize;

use crate::Error;

/// A model and its columns. Client 6 sends its whole datamodel, client 7 of each field no more than name, kind, type and `dbName`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// The model's name.
    pub name: String,
    /// The schema of its table, where the client names one.
    pub schema: Option<String>,
    /// The table's name.
    pub table: String,
    pub(crate) fields: Box<[Field]>,
}

/// A field that is a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) column: String,
    pub(crate) scalar: Scalar,
    /// `None` where the client does not say: the column does.
    pub(crate) is_list: Option<bool>,
}

/// Prisma's types of fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scalar {
    Int,
    BigInt,
    Float,
    Decimal,
    Boolean,
    String,
    Enum,
    DateTime,
    Json,
    Bytes,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WireModel {
    db_name: Option<String>,
    schema: Option<String>,
    fields: Vec<WireField>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireField {
    name: String,
    kind: String,
    r#type: String,
    db_name: Option<String>,
    is_list: Option<bool>,
}

impl Model {
    pub(crate) fn new(name: String, wire: WireModel) -> Result<Self, Error> {
        let columns = wire.fields.into_iter().filter(|field| matches!(field.kind.as_str(), "scalar" | "enum"));
        let fields = columns.map(|field| Field::new(&name, field)).collect::<Result<_, _>>()?;
        Ok(Self { table: wire.db_name.unwrap_or_else(|| name.clone()), schema: wire.schema, name, fields })
    }

    pub(crate) fn find(&self, field: &str) -> Option<usize> {
        self.fields.iter().position(|found| found.name == field)
    }
}

impl Field {
    fn new(model: &str, wire: WireField) -> Result<Self, Error> {
        let scalar = match (wire.kind.as_str(), wire.r#type.as_str()) {
            ("enum", _) => Scalar::Enum,
            (_, "Int") => Scalar::Int,
            (_, "BigInt") => Scalar::BigInt,
            (_, "Float") => Scalar::Float,
            (_, "Decimal") => Scalar::Decimal,
            (_, "Boolean") => Scalar::Boolean,
            (_, "String") => Scalar::String,
            (_, "DateTime") => Scalar::DateTime,
            (_, "Json") => Scalar::Json,
            (_, "Bytes") => Scalar::Bytes,
            (_, other) => {
                let WireField { name, .. } = wire;
                return Err(Error::Subscription(format!("The type {other} of the field {model}.{name} is not known")));
            }
        };
        Ok(Self {
            column: wire.db_name.unwrap_or_else(|| wire.name.clone()),
            name: wire.name,
            scalar,
            is_list: wire.is_list,
        })
    }
}
