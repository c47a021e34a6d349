use super::Arg;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Value as Json;

/// A statement of the plan.
#[derive(Debug, Deserialize)]
#[serde(from = "Wire")]
pub struct Sql {
    pub template: Template,
    pub args: Vec<Arg>,
    pub arg_types: Vec<ArgTypes>,
}

#[derive(Debug)]
pub enum Template {
    /// Of `$queryRaw` and `$executeRaw`: the user's own words.
    Raw(Box<str>),
    /// Finished SQL: each arg is one parameter of it.
    Fixed { text: Box<str> },
    /// SQL that depends on how many values an arg has.
    Fragments { fragments: Vec<Fragment>, format: PlaceholderFormat, chunkable: bool },
}

impl Sql {
    /// A statement of the client's compiler that only reads.
    pub fn is_select(&self) -> bool {
        let first = match &self.template {
            Template::Raw(_) => return false,
            Template::Fixed { text } => &**text,
            Template::Fragments { fragments, .. } => match fragments.first() {
                Some(Fragment::StringChunk { chunk }) => chunk,
                _ => return false,
            },
        };
        first.trim_start().get(..7).is_some_and(|word| word.eq_ignore_ascii_case("select "))
    }

    pub fn is_raw(&self) -> bool {
        matches!(self.template, Template::Raw(_))
    }
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Fragment {
    StringChunk {
        chunk: Box<str>,
    },
    Parameter,
    ParameterTuple {
        #[serde(default, deserialize_with = "piece")]
        item_prefix: Box<str>,
        #[serde(default = "comma", deserialize_with = "piece")]
        item_separator: Box<str>,
        #[serde(default, deserialize_with = "piece")]
        item_suffix: Box<str>,
    },
    ParameterTupleList {
        #[serde(default = "open", deserialize_with = "piece")]
        item_prefix: Box<str>,
        #[serde(default = "comma", deserialize_with = "piece")]
        item_separator: Box<str>,
        #[serde(default = "close", deserialize_with = "piece")]
        item_suffix: Box<str>,
        #[serde(default = "comma", deserialize_with = "piece")]
        group_separator: Box<str>,
    },
}

/// What is written for each value: a long one would make a statement without end.
fn piece<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Box<str>, D::Error> {
    const LONGEST: usize = 256;
    let text = Box::<str>::deserialize(deserializer)?;
    match text.len() <= LONGEST {
        true => Ok(text),
        false => Err(D::Error::custom(format_args!("more than {LONGEST} bytes between two values"))),
    }
}

fn comma() -> Box<str> {
    ",".into()
}

fn open() -> Box<str> {
    "(".into()
}

fn close() -> Box<str> {
    ")".into()
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlaceholderFormat {
    #[serde(deserialize_with = "piece")]
    pub prefix: Box<str>,
    pub has_numbering: bool,
}

impl PlaceholderFormat {
    pub fn write(&self, out: &mut String, number: usize) {
        out.push_str(&self.prefix);
        if self.has_numbering {
            out.push_str(&number.to_string());
        }
    }
}

/// What a parameter is, so that its value is sent as the database reads it.
#[derive(Debug, Clone)]
pub struct ArgType {
    pub is_list: bool,
    pub scalar: ScalarType,
    /// `DATE`, `TIME` and their like.
    pub db_type: Option<Box<str>>,
}

impl Default for ArgType {
    fn default() -> Self {
        Self { is_list: false, scalar: ScalarType::Other, db_type: None }
    }
}

/// The types whose values change their form on the way to the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScalarType {
    Datetime,
    Bytes,
    Other,
}

/// Of one parameter, or of the members of each tuple.
#[derive(Debug, Clone)]
pub enum ArgTypes {
    One(ArgType),
    Tuple(Vec<ArgType>),
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Wire {
    RawSql {
        sql: Box<str>,
        #[serde(default)]
        args: Vec<Arg>,
        #[serde(default, deserialize_with = "arg_types")]
        arg_types: Vec<ArgTypes>,
    },
    TemplateSql {
        fragments: Vec<Fragment>,
        placeholder_format: PlaceholderFormat,
        #[serde(default)]
        args: Vec<Arg>,
        #[serde(default, deserialize_with = "arg_types")]
        arg_types: Vec<ArgTypes>,
        #[serde(default)]
        chunkable: bool,
    },
}

impl From<Wire> for Sql {
    fn from(wire: Wire) -> Self {
        match wire {
            Wire::RawSql { sql, args, arg_types } => Self { template: Template::Raw(sql), args, arg_types },
            Wire::TemplateSql { fragments, placeholder_format: format, args, arg_types, chunkable } => {
                let template = match fixed(&fragments, &format) {
                    Some(text) => Template::Fixed { text },
                    None => Template::Fragments { fragments, format, chunkable },
                };
                Self { template, args, arg_types }
            }
        }
    }
}

/// The finished text, unless it depends on values.
fn fixed(fragments: &[Fragment], format: &PlaceholderFormat) -> Option<Box<str>> {
    let (mut text, mut number) = (String::new(), 0);
    for fragment in fragments {
        match fragment {
            Fragment::StringChunk { chunk } => text.push_str(chunk),
            Fragment::Parameter => {
                number += 1;
                format.write(&mut text, number);
            }
            Fragment::ParameterTuple { .. } | Fragment::ParameterTupleList { .. } => return None,
        }
    }
    Some(text.into())
}

/// `{ arity, scalarType, dbType }`, or `{ arity: "tuple", elements }`. Clients of `$queryRaw` may leave any of it out.
fn arg_types<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<ArgTypes>, D::Error> {
    let types = Vec::<Json>::deserialize(deserializer)?;
    Ok(types.iter().map(of_json).collect())
}

fn of_json(json: &Json) -> ArgTypes {
    match json.get("elements").and_then(Json::as_array) {
        Some(elements) => ArgTypes::Tuple(elements.iter().map(one).collect()),
        None => ArgTypes::One(one(json)),
    }
}

fn one(json: &Json) -> ArgType {
    let text = |name: &str| json.get(name).and_then(Json::as_str);
    ArgType {
        is_list: text("arity") == Some("list"),
        scalar: match text("scalarType") {
            Some("datetime") => ScalarType::Datetime,
            Some("bytes") => ScalarType::Bytes,
            _ => ScalarType::Other,
        },
        db_type: text("dbType").map(Into::into),
    }
}
