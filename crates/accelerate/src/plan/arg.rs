use crate::value::{Record, Value};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// A value of a plan: known, or asked of the request's parameters, the scope or a generator.
#[derive(Debug, Clone)]
pub enum Arg {
    Literal(Value),
    /// `datetime`: the text that is found is a moment.
    Param {
        name: Box<str>,
        datetime: bool,
    },
    Generator {
        name: Box<str>,
        args: Vec<Arg>,
    },
    List(Vec<Arg>),
}

impl Arg {
    pub(super) fn names<'n>(&'n self, each: &mut dyn FnMut(&'n str)) {
        match self {
            Self::Literal(_) => {}
            Self::Param { name, .. } => each(name),
            Self::Generator { args, .. } | Self::List(args) => args.iter().for_each(|arg| arg.names(each)),
        }
    }

    /// Nothing in it has to be looked up.
    fn literal(self) -> Option<Value> {
        match self {
            Self::Literal(value) => Some(value),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for Arg {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Arg;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Arg, E> {
        Ok(Arg::Literal(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Arg, E> {
        Ok(Arg::Literal(Value::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Arg, E> {
        #[expect(clippy::cast_precision_loss, reason = "JSON's numbers are JavaScript's")]
        Ok(Arg::Literal(Value::from(value as f64)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Arg, E> {
        #[expect(clippy::cast_precision_loss, reason = "JSON's numbers are JavaScript's")]
        Ok(Arg::Literal(Value::from(value as f64)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Arg, E> {
        Ok(Arg::Literal(Value::from(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Arg, E> {
        Ok(Arg::Literal(Value::text(value)))
    }

    fn visit_string<E>(self, value: String) -> Result<Arg, E> {
        Ok(Arg::Literal(Value::text(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Arg, A::Error> {
        let mut args = Vec::new();
        while let Some(arg) = seq.next_element::<Arg>()? {
            args.push(arg);
        }
        if args.iter().all(|arg| matches!(arg, Arg::Literal(_))) {
            return Ok(Arg::Literal(Value::list(args.into_iter().filter_map(Arg::literal).collect())));
        }
        Ok(Arg::List(args))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Arg, A::Error> {
        let (mut kind, mut placeholder, mut fields) = (None::<String>, None::<Placeholder>, Vec::new());
        while let Some(name) = map.next_key::<String>()? {
            match &*name {
                "prisma__type" => kind = Some(map.next_value()?),
                "prisma__value" => placeholder = Some(map.next_value()?),
                _ => fields.push((name.into_boxed_str(), map.next_value::<Arg>()?.literal().unwrap_or(Value::Null))),
            }
        }
        match (kind.as_deref(), placeholder) {
            (Some("param"), Some(value)) => {
                Ok(Arg::Param { name: value.name.into(), datetime: value.r#type.as_deref() == Some("DateTime") })
            }
            (Some("generatorCall"), Some(value)) => Ok(Arg::Generator { name: value.name.into(), args: value.args }),
            (None, None) => Ok(Arg::Literal(Value::Record(Record::new(fields).into()))),
            _ => Err(A::Error::custom("a prisma__type that is neither `param` nor `generatorCall`")),
        }
    }
}

#[derive(Deserialize)]
struct Placeholder {
    name: String,
    #[serde(default, deserialize_with = "kind")]
    r#type: Option<String>,
    #[serde(default)]
    args: Vec<Arg>,
}

/// `"DateTime"`, or `{ "type": "DateTime" }` of earlier clients.
fn kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    let name = value.as_str().or_else(|| value.get("type").and_then(serde_json::Value::as_str));
    Ok(name.map(str::to_owned))
}
