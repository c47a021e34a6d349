//! From a statement of the plan to the statements that are sent.

use super::scope::{Generate, Scope};
use super::{encode, told};
use crate::error::QueryError;
use crate::plan::{ArgType, ArgTypes, Fragment, PlaceholderFormat, Sql, Template};
use crate::value::Value;
use crate::wire::Params;
use std::borrow::Cow;

/// Most parameters of one statement: of Postgres, as the official executor counts them.
const MOST_PARAMETERS: usize = 32766;

/// Of a statement's text, which the plan repeats for each value.
const LONGEST: usize = 64 * 1024 * 1024;

/// A statement and its parameters.
pub struct Rendered<'a> {
    pub sql: Cow<'a, str>,
    pub params: Params,
    /// The parameters as the client is told them; empty where it does not ask.
    pub told: Vec<u8>,
}

/// One statement, or several where a list is too long for one. `tells`: whether the client asks for their parameters.
pub(super) fn render<'a>(
    sql: &'a Sql,
    scope: &mut Scope<'_>,
    tools: &mut dyn Generate,
    tells: bool,
) -> Result<Vec<Rendered<'a>>, QueryError> {
    let args = sql.args.iter().map(|arg| scope.value(arg, tools)).collect::<Result<Vec<_>, _>>()?;
    let rendered = match &sql.template {
        Template::Raw(text) => vec![fixed(text, &args, &sql.arg_types, tells)?],
        Template::Fixed { text } => {
            if args.len() > MOST_PARAMETERS {
                return Err(too_many());
            }
            vec![fixed(text, &args, &sql.arg_types, tells)?]
        }
        Template::Fragments { fragments, format, chunkable } => {
            let parts = pair(fragments, args)?;
            let chunks = if *chunkable { chunk(parts)? } else { vec![parts] };
            let mut rendered = Vec::with_capacity(chunks.len());
            for parts in chunks {
                let (mut text, mut params) = (String::new(), Params::default());
                for (fragment, value) in fragments.iter().zip(&parts) {
                    write(&mut text, &mut params, fragment, value, format, &sql.arg_types)?;
                }
                if params.len() > MOST_PARAMETERS {
                    return Err(too_many());
                }
                let told = if tells { told::parts(fragments, &parts) } else { Vec::new() };
                rendered.push(Rendered { sql: text.into(), params, told });
            }
            rendered
        }
    };
    match rendered.iter().any(|rendered| rendered.sql.contains('\0')) {
        true => Err(QueryError::user(
            "P2010",
            "Raw query failed. Code: `22021`. Message: `invalid byte sequence for encoding \"UTF8\": 0x00`",
        )),
        false => Ok(rendered),
    }
}

fn too_many() -> QueryError {
    QueryError::user("P2029", "The query parameter limit supported by your database is exceeded.")
}

fn fixed<'a>(text: &'a str, args: &[Value], types: &[ArgTypes], tells: bool) -> Result<Rendered<'a>, QueryError> {
    if args.len() > Params::MOST {
        return Err(too_many());
    }
    let (mut params, unknown) = (Params::default(), ArgType::default());
    for (at, value) in args.iter().enumerate() {
        let kind = match types.get(at) {
            Some(ArgTypes::One(kind)) => kind,
            _ => &unknown,
        };
        encode::push(&mut params, value, kind)?;
    }
    let told = if tells { told::values(args.iter()) } else { Vec::new() };
    Ok(Rendered { sql: text.into(), params, told })
}

/// What one fragment takes of the args, and which arg that was.
#[derive(Clone)]
pub(super) struct Part {
    arg: usize,
    /// One value, the members of a tuple, or tuples.
    pub value: Value,
    /// Parameters that it becomes.
    size: usize,
    /// Whether it may be divided.
    is_list: bool,
}

impl Part {
    fn one(arg: usize, value: Value) -> Self {
        Self { arg, value, size: 1, is_list: false }
    }

    fn list(arg: usize, values: Vec<Value>) -> Self {
        Self { arg, size: values.iter().map(size).sum(), value: Value::list(values), is_list: true }
    }
}

/// Parameters of a member of a list: those of a tuple, or one.
fn size(value: &Value) -> usize {
    if let Value::List(tuple) = value { tuple.len() } else { 1 }
}

fn pair(fragments: &[Fragment], args: Vec<Value>) -> Result<Vec<Part>, QueryError> {
    let count = args.len();
    let mut args = args.into_iter().enumerate();
    let mut next = || {
        let over = || {
            QueryError::internal(format!(
                "Malformed query template. Fragments attempt to read over {count} parameters."
            ))
        };
        args.next().ok_or_else(over)
    };
    fragments
        .iter()
        .map(|fragment| match fragment {
            Fragment::StringChunk { .. } => Ok(Part { size: 0, ..Part::one(0, Value::Undefined) }),
            Fragment::Parameter => next().map(|(arg, value)| Part::one(arg, value)),
            Fragment::ParameterTuple { .. } => next().map(|(arg, value)| Part::list(arg, value.into_list())),
            Fragment::ParameterTupleList { .. } => {
                let (arg, value) = next()?;
                let Value::List(tuples) = &value else {
                    return Err(QueryError::internal("Malformed query template. Tuple list expected."));
                };
                if tuples.is_empty() {
                    return Err(QueryError::internal("Malformed query template. Tuple list cannot be empty."));
                }
                if !tuples.iter().all(|tuple| matches!(tuple, Value::List(_))) {
                    return Err(QueryError::internal("Malformed query template. Tuple expected."));
                }
                Ok(Part::list(arg, value.into_list()))
            }
        })
        .collect()
}

fn write(
    text: &mut String,
    params: &mut Params,
    fragment: &Fragment,
    part: &Part,
    format: &PlaceholderFormat,
    types: &[ArgTypes],
) -> Result<(), QueryError> {
    let unknown = ArgType::default();
    let of = |at: usize| match types.get(part.arg) {
        Some(ArgTypes::One(kind)) => kind,
        Some(ArgTypes::Tuple(kinds)) if !kinds.is_empty() => kinds.get(at % kinds.len()).unwrap_or(&unknown),
        _ => &unknown,
    };
    let mut push = |text: &mut String, value: &Value, at: usize| {
        if params.len() >= Params::MOST {
            return Err(too_many());
        }
        encode::push(params, value, of(at))?;
        format.write(text, params.len());
        Ok(())
    };
    match (fragment, &part.value) {
        (Fragment::StringChunk { chunk }, _) => text.push_str(chunk),
        (Fragment::ParameterTuple { item_prefix, item_separator, item_suffix }, Value::List(values)) => {
            text.push('(');
            if values.is_empty() {
                text.push_str("NULL");
            }
            for (at, value) in values.iter().enumerate() {
                is_short(text)?;
                if at > 0 {
                    text.push_str(item_separator);
                }
                text.push_str(item_prefix);
                push(text, value, at)?;
                text.push_str(item_suffix);
            }
            text.push(')');
        }
        (
            Fragment::ParameterTupleList { item_prefix, item_separator, item_suffix, group_separator },
            Value::List(tuples),
        ) => {
            let mut flat = 0;
            for (group, tuple) in tuples.iter().enumerate() {
                is_short(text)?;
                if group > 0 {
                    text.push_str(group_separator);
                }
                text.push_str(item_prefix);
                if let Value::List(values) = tuple {
                    for (at, value) in values.iter().enumerate() {
                        if at > 0 {
                            text.push_str(item_separator);
                        }
                        push(text, value, flat)?;
                        flat += 1;
                    }
                }
                text.push_str(item_suffix);
            }
            if let Some(ArgTypes::Tuple(kinds)) = types.get(part.arg)
                && !kinds.is_empty()
                && flat % kinds.len() != 0
            {
                return Err(QueryError::internal(format!(
                    "Malformed query template. Expected the number of parameters to match the tuple arity, but got {flat} parameters for a tuple of arity {}.",
                    kinds.len()
                )));
            }
        }
        (_, value) => push(text, value, 0)?,
    }
    Ok(())
}

fn is_short(text: &str) -> Result<(), QueryError> {
    if text.len() > LONGEST { Err(too_many()) } else { Ok(()) }
}

/// Splits the longest list so that each statement keeps to the bound, if that is enough.
fn chunk(parts: Vec<Part>) -> Result<Vec<Vec<Part>>, QueryError> {
    let total: usize = parts.iter().map(|part| part.size).sum();
    if total <= MOST_PARAMETERS {
        return Ok(vec![parts]);
    }
    let lists = parts.iter().enumerate().filter(|(_, part)| part.is_list);
    let Some((at, part)) = lists.max_by_key(|(at, part)| (part.size, std::cmp::Reverse(*at))) else {
        return Err(too_many());
    };
    let others = total - part.size;
    if others >= MOST_PARAMETERS {
        return Err(too_many());
    }
    let Value::List(values) = &part.value else { return Err(too_many()) };
    let (room, mut groups, mut group, mut used) = (MOST_PARAMETERS - others, Vec::new(), Vec::new(), 0);
    for value in values.iter() {
        let size = size(value);
        if used + size > room && !group.is_empty() {
            groups.push(std::mem::take(&mut group));
            used = 0;
        }
        used += size;
        group.push(value.clone());
    }
    groups.push(group);
    let with = |group: Vec<Value>| {
        let mut own = parts.clone();
        if let Some(part) = own.get_mut(at) {
            *part = Part::list(part.arg, group);
        }
        own
    };
    Ok(groups.into_iter().map(with).collect())
}
