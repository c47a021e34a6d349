use super::Ordered;
use serde::Deserialize;
use std::collections::HashMap;

/// How a result is told to the client.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Structure {
    AffectedRows,
    #[serde(rename_all = "camelCase")]
    Object {
        fields: Ordered<Structure>,
        /// The field that holds the object; none where its fields stand in the row itself.
        #[serde(default)]
        serialized_name: Option<Box<str>>,
        #[serde(default)]
        skip_nulls: bool,
    },
    #[serde(rename_all = "camelCase")]
    Field {
        db_name: Box<str>,
        field_type: FieldType,
    },
}

/// The type of a field in the client's schema.
#[derive(Debug, Clone, Deserialize)]
pub struct FieldType {
    pub arity: Arity,
    #[serde(flatten)]
    pub scalar: Scalar,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Arity {
    #[serde(alias = "optional", alias = "required")]
    Scalar,
    List,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Scalar {
    String,
    Int,
    Bigint,
    Float,
    Boolean,
    Json,
    Object,
    #[serde(alias = "dateTime", alias = "date", alias = "time")]
    Datetime,
    Decimal,
    Unsupported,
    Enum {
        name: Box<str>,
    },
    Bytes {
        encoding: Encoding,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Encoding {
    Array,
    Base64,
    Hex,
}

/// By enum and value of the database, the client's name of the value.
pub type Enums = HashMap<Box<str>, HashMap<Box<str>, Box<str>>>;
