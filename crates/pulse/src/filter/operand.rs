//! Values on both sides of a comparison.

use std::cmp::Ordering;

use serde_json::Value as Json;

use crate::{
    events::Scalar,
    values::{self, Kind, Moment, Number},
};

/// A value by what it is, not by how it is written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Operand {
    Number(Number),
    Boolean(bool),
    Text(String),
    Moment(Moment),
    Json(Json),
    Bytes(Vec<u8>),
}

impl Operand {
    /// What the client sent for a field of this type: a tagged value, or a plain one where that is unmistakable. `None` where it is of another type.
    pub(crate) fn of_client(scalar: Scalar, json: &Json) -> Option<Self> {
        let tagged = json.as_object().and_then(|object| {
            let tag = object.get("$type")?.as_str()?;
            (object.len() == 2).then_some((tag, object.get("value")?))
        });
        let (tag, plain) = tagged.map_or((None, json), |(tag, value)| (Some(tag), value));
        let expected = match scalar {
            Scalar::BigInt => Some("BigInt"),
            Scalar::Decimal => Some("Decimal"),
            Scalar::DateTime => Some("DateTime"),
            Scalar::Json => Some("Json"),
            Scalar::Bytes => Some("Bytes"),
            _ => None,
        };
        if tag.is_some() && tag != expected {
            return None;
        }
        let number = || match plain {
            Json::Number(number) => Number::parse(&number.to_string()),
            Json::String(text) if tag.is_some() => Number::parse(text),
            _ => None,
        };
        Some(match scalar {
            Scalar::Int | Scalar::BigInt | Scalar::Float | Scalar::Decimal => Self::Number(number()?),
            Scalar::Boolean => Self::Boolean(plain.as_bool()?),
            Scalar::String | Scalar::Enum => Self::Text(plain.as_str()?.to_owned()),
            Scalar::DateTime => Self::Moment(Moment::parse(plain.as_str()?)?),
            Scalar::Json if tag.is_some() => Self::Json(serde_json::from_str(plain.as_str()?).ok()?),
            Scalar::Json => Self::Json(plain.clone()),
            Scalar::Bytes => Self::Bytes(data_encoding::BASE64.decode(plain.as_str()?.as_bytes()).ok()?),
        })
    }

    /// What the database sent. `None` where the column holds something else than the client's schema says.
    pub(crate) fn of_database(scalar: Scalar, kind: Kind, text: &str) -> Option<Self> {
        Some(match scalar {
            Scalar::Int | Scalar::BigInt | Scalar::Float | Scalar::Decimal => {
                Self::Number(Number::parse(&values::plain(kind, text))?)
            }
            Scalar::Boolean => Self::Boolean(match text {
                "t" => true,
                "f" => false,
                _ => return None,
            }),
            Scalar::String | Scalar::Enum => Self::Text(text.to_owned()),
            Scalar::DateTime if kind == Kind::Time => Self::Moment(Moment::parse_time(text)?),
            Scalar::DateTime => Self::Moment(Moment::parse(text)?),
            Scalar::Json => Self::Json(serde_json::from_str(text).ok()?),
            Scalar::Bytes => Self::Bytes(values::bytes(text)?),
        })
    }

    /// The order of two values of one type, if it has one.
    pub(crate) fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Number(one), Self::Number(two)) => Some(one.cmp(two)),
            (Self::Boolean(one), Self::Boolean(two)) => Some(one.cmp(two)),
            (Self::Text(one), Self::Text(two)) => Some(one.cmp(two)),
            (Self::Moment(one), Self::Moment(two)) => Some(one.cmp(two)),
            (Self::Bytes(one), Self::Bytes(two)) => Some(one.cmp(two)),
            _ => None,
        }
    }

    /// Without the difference between large and small letters.
    pub(crate) fn folded(self) -> Self {
        match self {
            Self::Text(text) => Self::Text(text.to_lowercase()),
            other => other,
        }
    }
}
