//! Names and their values while a plan runs.

use crate::error::QueryError;
use crate::js::moment;
use crate::plan::Arg;
use crate::value::Value;
use std::collections::HashMap;

/// A parameter may be another placeholder; a chain of them that is longer leads nowhere.
const DEEPEST: u8 = 16;

/// The parameters of a request, by name.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(transparent)]
pub struct Parameters(HashMap<Box<str>, Arg>);

/// Values that the plan has bound, the innermost last, over the request's parameters.
pub(super) struct Scope<'a> {
    params: &'a Parameters,
    bound: Vec<Bound<'a>>,
}

struct Bound<'a> {
    name: &'a str,
    value: Value,
    /// How often the plan may still ask for it: who asks last takes it, and may change it without copying.
    uses: usize,
}

impl<'a> Scope<'a> {
    pub fn new(params: &'a Parameters) -> Self {
        Self { params, bound: Vec::new() }
    }

    pub fn bind(&mut self, name: &'a str, value: Value, uses: usize) {
        self.bound.push(Bound { name, value, uses });
    }

    pub fn depth(&self) -> usize {
        self.bound.len()
    }

    pub fn leave(&mut self, depth: usize) {
        self.bound.truncate(depth);
    }

    /// The value of a binding or a parameter; `Undefined` where there is none.
    pub fn get(&mut self, name: &str, tools: &mut dyn Generate) -> Result<Value, QueryError> {
        if let Some(bound) = self.bound.iter_mut().rev().find(|bound| bound.name == name) {
            bound.uses = bound.uses.saturating_sub(1);
            return Ok(if bound.uses == 0 { std::mem::take(&mut bound.value) } else { bound.value.clone() });
        }
        match self.params.0.get(name) {
            Some(arg) => self.evaluate(arg, tools, 1),
            None => Ok(Value::Undefined),
        }
    }

    /// The value of an arg.
    pub fn value(&mut self, arg: &Arg, tools: &mut dyn Generate) -> Result<Value, QueryError> {
        self.evaluate(arg, tools, 0)
    }

    fn evaluate(&mut self, arg: &Arg, tools: &mut dyn Generate, depth: u8) -> Result<Value, QueryError> {
        if depth > DEEPEST {
            return Err(QueryError::internal("The query's parameters refer to each other without an end"));
        }
        match arg {
            Arg::Literal(value) => Ok(value.clone()),
            Arg::Param { name, datetime } => {
                let found = match self.bound.iter().any(|bound| *bound.name == **name) {
                    true => self.get(name, tools)?,
                    false => match self.params.0.get(name) {
                        Some(arg) => self.evaluate(arg, tools, depth + 1)?,
                        None => Value::Undefined,
                    },
                };
                match found {
                    Value::Undefined => Err(QueryError::internal(format!("Missing value for query variable {name}"))),
                    Value::Text(text) if *datetime => match moment::parse(&text) {
                        Some(ms) => Ok(Value::Date(ms)),
                        None => Err(QueryError::internal(format!("Invalid date: {}", &*text))),
                    },
                    found => Ok(found),
                }
            }
            Arg::Generator { name, args } => {
                let args =
                    args.iter().map(|arg| self.evaluate(arg, tools, depth + 1)).collect::<Result<Vec<_>, _>>()?;
                tools.generate(name, args)
            }
            Arg::List(args) => {
                let values = args.iter().map(|arg| self.evaluate(arg, tools, depth + 1)).collect::<Result<_, _>>()?;
                Ok(Value::list(values))
            }
        }
    }
}

/// Makes the values that a plan asks for by a generator's name.
pub(super) trait Generate {
    fn generate(&mut self, name: &str, args: Vec<Value>) -> Result<Value, QueryError>;
}
