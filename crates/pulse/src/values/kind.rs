//! Types of columns, by object id and, where they are not built in, by name.
//! <https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.dat>

use crate::pgoutput::TypeName;

/// How a column's text is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Bool,
    Number,
    /// An amount with a currency sign.
    Money,
    /// A date, or a date with a time of day and perhaps an offset.
    Moment,
    /// A time of day; an offset behind it is dropped, as Prisma does.
    Time,
    Json,
    Bytes,
    /// Everything else: texts, enums, UUIDs, addresses, intervals.
    Text,
}

/// A kind, or an array of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ColumnType {
    pub(crate) kind: Kind,
    pub(crate) is_array: bool,
}

impl ColumnType {
    /// `name`: what the server said of a type that is not built in.
    pub(crate) fn of(oid: u32, name: Option<&TypeName>) -> Self {
        match name {
            Some(TypeName { schema, name, .. }) => Self::named(schema, name),
            None => Self::built_in(oid),
        }
    }

    fn built_in(oid: u32) -> Self {
        use Kind::{Bool, Bytes, Json, Moment, Money, Number, Text, Time};
        let (kind, is_array) = match oid {
            16 => (Bool, false),
            1000 => (Bool, true),
            17 => (Bytes, false),
            1001 => (Bytes, true),
            20 | 21 | 23 | 26 | 700 | 701 | 1700 => (Number, false),
            1005 | 1007 | 1016 | 1021 | 1022 | 1028 | 1231 => (Number, true),
            790 => (Money, false),
            791 => (Money, true),
            114 | 3802 => (Json, false),
            199 | 3807 => (Json, true),
            1082 | 1114 | 1184 => (Moment, false),
            1115 | 1182 | 1185 => (Moment, true),
            1083 | 1266 => (Time, false),
            1183 | 1270 => (Time, true),
            143
            | 651
            | 775
            | 1002
            | 1003
            | 1009
            | 1014
            | 1015
            | 1017..=1020
            | 1027
            | 1040
            | 1041
            | 1187
            | 1561
            | 1563
            | 2951 => (Text, true),
            _ => (Text, false),
        };
        Self { kind, is_array }
    }

    /// A domain bears the name of what it is made of; the array of a type its name behind an underscore.
    fn named(schema: &str, name: &str) -> Self {
        let (name, is_array) = name.strip_prefix('_').map_or((name, false), |name| (name, true));
        let kind = match name {
            _ if !schema.is_empty() => Kind::Text,
            "bool" => Kind::Bool,
            "int2" | "int4" | "int8" | "oid" | "float4" | "float8" | "numeric" => Kind::Number,
            "money" => Kind::Money,
            "json" | "jsonb" => Kind::Json,
            "bytea" => Kind::Bytes,
            "date" | "timestamp" | "timestamptz" => Kind::Moment,
            "time" | "timetz" => Kind::Time,
            _ => Kind::Text,
        };
        Self { kind, is_array }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_types_are_known_by_name() {
        let of = |schema: &str, name: &str| {
            ColumnType::of(16_390, Some(&TypeName { oid: 16_390, schema: schema.into(), name: name.into() }))
        };
        assert_eq!(of("public", "Colour"), ColumnType { kind: Kind::Text, is_array: false });
        assert_eq!(of("public", "_Colour"), ColumnType { kind: Kind::Text, is_array: true });
        assert_eq!(of("", "numeric"), ColumnType { kind: Kind::Number, is_array: false });
        assert_eq!(of("public", "numeric"), ColumnType { kind: Kind::Text, is_array: false });
        assert_eq!(ColumnType::of(1001, None), ColumnType { kind: Kind::Bytes, is_array: true });
    }
}
