//! A cell of text as the value that node-postgres with Prisma's parsers makes of it, by the type's object id.
//! <https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.dat>

use crate::error::QueryError;
use crate::js::number;
use crate::value::{Text, Value};
use bytes::Bytes;
use serde_json::{Map, json};
use upstream::array::{self, Member};

/// What a column holds, in the words of a raw query's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Int,
    BigInt,
    Float,
    Double,
    Bool,
    Date,
    Time,
    /// `timetz`: the offset is dropped.
    TimeTz,
    Timestamp,
    TimestampTz,
    Numeric,
    Money,
    Json,
    Uuid,
    Text,
    Bytes,
    /// `oid`: a number of 32 bits that clients know as a bigint.
    Oid,
}

/// A column's type: one of the kinds, or an array of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnType {
    pub kind: Kind,
    pub is_array: bool,
}

/// From here on ids are given to types of the database's own: enums and types of extensions.
const FIRST_OWN: u32 = 16384;

/// # Errors
/// P2010 for a type that Prisma Client cannot read.
pub fn column_type(oid: u32) -> Result<ColumnType, QueryError> {
    let one = |kind| Ok(ColumnType { kind, is_array: false });
    let array = |kind| Ok(ColumnType { kind, is_array: true });
    match oid {
        16 => one(Kind::Bool),
        17 => one(Kind::Bytes),
        20 => one(Kind::BigInt),
        21 | 23 => one(Kind::Int),
        26 => one(Kind::Oid),
        19 | 25 | 142 | 650 | 869 | 1042 | 1043 | 1560 | 1562 => one(Kind::Text),
        114 | 3802 => one(Kind::Json),
        700 => one(Kind::Float),
        701 => one(Kind::Double),
        790 => one(Kind::Money),
        1082 => one(Kind::Date),
        1083 => one(Kind::Time),
        1114 => one(Kind::Timestamp),
        1184 => one(Kind::TimestampTz),
        1266 => one(Kind::TimeTz),
        1700 => one(Kind::Numeric),
        2950 => one(Kind::Uuid),
        1000 => array(Kind::Bool),
        1001 => array(Kind::Bytes),
        1005 | 1007 => array(Kind::Int),
        1016 => array(Kind::BigInt),
        1028 => array(Kind::Oid),
        143 | 651 | 1002 | 1009 | 1014 | 1015 | 1041 | 1561 | 1563 => array(Kind::Text),
        199 | 3807 => array(Kind::Json),
        1021 => array(Kind::Float),
        1022 => array(Kind::Double),
        791 => array(Kind::Money),
        1115 => array(Kind::Timestamp),
        1182 => array(Kind::Date),
        1183 => array(Kind::Time),
        1185 => array(Kind::TimestampTz),
        1231 => array(Kind::Numeric),
        2951 => array(Kind::Uuid),
        oid if oid >= FIRST_OWN => one(Kind::Text),
        oid => Err(unsupported(oid)),
    }
}

fn unsupported(oid: u32) -> QueryError {
    let name = match oid {
        600 => "point",
        601 => "lseg",
        602 => "path",
        603 => "box",
        604 => "polygon",
        628 => "line",
        718 => "circle",
        774 => "macaddr8",
        829 => "macaddr",
        1186 => "interval",
        2205 => "regclass",
        2249 => "record",
        2278 => "void",
        2970 => "txid_snapshot",
        3220 => "pg_lsn",
        3614 => "tsvector",
        3615 => "tsquery",
        3904 => "int4range",
        3906 => "numrange",
        3908 => "tsrange",
        3910 => "tstzrange",
        3912 => "daterange",
        3926 => "int8range",
        _ => "Unknown",
    };
    let mut meta = Map::new();
    meta.insert(
        "driverAdapterError".into(),
        json!({ "name": "DriverAdapterError", "cause": { "kind": "UnsupportedNativeDataType", "type": name } }),
    );
    QueryError::user(
        "P2010",
        format!(
            "Failed to deserialize column of type '{name}'. If you're using $queryRaw and this column is explicitly marked as `Unsupported` in your Prisma schema, try casting this column to any supported Prisma type such as `String`."
        ),
    )
    .with_meta(meta)
}

/// The value of a cell.
///
/// # Errors
/// Where the text is not what its type says.
pub fn value(cell: Bytes, kind: ColumnType) -> Result<Value, QueryError> {
    let text = Text::from_utf8(cell).ok_or_else(|| malformed(kind.kind))?;
    if !kind.is_array {
        return one(text, kind.kind);
    }
    let members = array::parse(&text).ok_or_else(|| malformed(kind.kind))?;
    members.into_iter().map(|member| of_member(member, kind.kind)).collect::<Result<_, _>>().map(Value::list)
}

fn of_member(member: Member, kind: Kind) -> Result<Value, QueryError> {
    match member {
        Member::Null => Ok(Value::Null),
        Member::Text(text) => one(text.into(), kind),
        Member::Array(members) => {
            members.into_iter().map(|member| of_member(member, kind)).collect::<Result<_, _>>().map(Value::list)
        }
    }
}

fn one(text: Text, kind: Kind) -> Result<Value, QueryError> {
    Ok(match kind {
        Kind::Int | Kind::Oid => Value::Int(text.parse().map_err(|_| malformed(kind))?),
        Kind::Float | Kind::Double => Value::from(number::parse(&text)),
        Kind::Bool => Value::Bool(&*text == "t"),
        Kind::Bytes => Value::Bytes(bytes(&text).ok_or_else(|| malformed(kind))?.into()),
        Kind::Timestamp => Value::text(moment(&text)),
        Kind::TimestampTz => Value::text(moment(without_offset(&text))),
        Kind::TimeTz => Value::text(without_offset(&text)),
        Kind::Money => Value::text(text.get(1..).unwrap_or_default()),
        Kind::BigInt | Kind::Date | Kind::Time | Kind::Numeric | Kind::Json | Kind::Uuid | Kind::Text => {
            Value::Text(text)
        }
    })
}

/// `2026-01-01T12:00:00+00:00` of `2026-01-01 12:00:00`.
fn moment(text: &str) -> String {
    const UTC: &str = "+00:00";
    let mut moment = String::with_capacity(text.len() + UTC.len());
    match text.split_once(' ') {
        Some((date, time)) => moment.extend([date, "T", time]),
        None => moment.push_str(text),
    }
    moment.push_str(UTC);
    moment
}

/// `12:00:00+02` and `12:00:00-02:30` without their ends: sessions are in UTC.
fn without_offset(text: &str) -> &str {
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    let Some((before, offset)) = text.rfind(['+', '-']).map(|at| (&text[..at], &text[at + 1..])) else { return text };
    let is_offset = digits(offset, 2)
        || offset.split_once(':').is_some_and(|(hours, minutes)| digits(hours, 2) && digits(minutes, 2));
    if is_offset { before } else { text }
}

/// `\x6869`, or the escape form that old settings of a database still make.
fn bytes(text: &str) -> Option<Vec<u8>> {
    if let Some(hex) = text.strip_prefix("\\x") {
        return data_encoding::HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).ok();
    }
    let (mut out, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        match (first, after) {
            (b'\\', [b'\\', after @ ..]) => {
                out.push(b'\\');
                rest = after;
            }
            (b'\\', [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', after @ ..]) => {
                out.push((a - b'0') * 64 + (b - b'0') * 8 + (c - b'0'));
                rest = after;
            }
            (b'\\', _) => return None,
            (byte, after) => {
                out.push(*byte);
                rest = after;
            }
        }
    }
    Some(out)
}

pub fn malformed(kind: Kind) -> QueryError {
    QueryError::data(format!("The database's value is no {kind:?}"))
}

impl ColumnType {
    /// The type's name in a raw query's answer.
    pub const fn name(self) -> &'static str {
        match (self.kind, self.is_array) {
            (Kind::Int, false) => "int",
            (Kind::Int, true) => "int-array",
            (Kind::BigInt | Kind::Oid, false) => "bigint",
            (Kind::BigInt | Kind::Oid, true) => "bigint-array",
            (Kind::Float, false) => "float",
            (Kind::Float, true) => "float-array",
            (Kind::Double, false) => "double",
            (Kind::Double, true) => "double-array",
            (Kind::Bool, false) => "bool",
            (Kind::Bool, true) => "bool-array",
            (Kind::Date, false) => "date",
            (Kind::Date, true) => "date-array",
            (Kind::Time | Kind::TimeTz, false) => "time",
            (Kind::Time | Kind::TimeTz, true) => "time-array",
            (Kind::Timestamp | Kind::TimestampTz, false) => "datetime",
            (Kind::Timestamp | Kind::TimestampTz, true) => "datetime-array",
            (Kind::Numeric | Kind::Money, false) => "decimal",
            (Kind::Numeric | Kind::Money, true) => "decimal-array",
            (Kind::Json, false) => "json",
            (Kind::Json, true) => "json-array",
            (Kind::Uuid, false) => "uuid",
            (Kind::Uuid, true) => "uuid-array",
            (Kind::Text, false) => "string",
            (Kind::Text, true) => "string-array",
            (Kind::Bytes, false) => "bytes",
            (Kind::Bytes, true) => "bytes-array",
        }
    }
}
