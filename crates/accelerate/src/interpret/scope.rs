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

#[cfg(any(test, feature = "fuzzing"))]
impl Parameters {
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(|name| &**name)
    }
}

/// Values that the plan has bound, the innermost last, over the request's parameters.
pub(super) struct Scope<'a> {
    params: &'a Parameters,
    bound: Vec<Bound<'a>>,
    /// The last binding of each name; only where there are more than [`FEW`]: writing many rows binds names for each.
    places: HashMap<&'a str, usize>,
}

struct Bound<'a> {
    name: &'a str,
    value: Value,
    /// How often the plan may still ask for it: who asks last takes it, and may change it without copying.
    uses: usize,
    /// The binding of the same name that this one hides.
    hidden: Option<usize>,
}

/// Bindings that are looked for one by one.
const FEW: usize = 16;

impl<'a> Scope<'a> {
    pub fn new(params: &'a Parameters) -> Self {
        Self { params, bound: Vec::new(), places: HashMap::new() }
    }

    pub fn bind(&mut self, name: &'a str, value: Value, uses: usize) {
        if self.bound.len() == FEW {
            for (at, bound) in self.bound.iter_mut().enumerate() {
                bound.hidden = self.places.insert(bound.name, at);
            }
        }
        let at = self.bound.len();
        let hidden = if at >= FEW { self.places.insert(name, at) } else { None };
        self.bound.push(Bound { name, value, uses, hidden });
    }

    pub fn depth(&self) -> usize {
        self.bound.len()
    }

    pub fn leave(&mut self, depth: usize) {
        if depth <= FEW {
            self.places.clear();
            return self.bound.truncate(depth);
        }
        while self.bound.len() > depth
            && let Some(bound) = self.bound.pop()
        {
            match bound.hidden {
                Some(hidden) => _ = self.places.insert(bound.name, hidden),
                None => _ = self.places.remove(bound.name),
            }
        }
    }

    /// The innermost binding of a name.
    fn find(&self, name: &str) -> Option<usize> {
        match self.bound.len() > FEW {
            true => self.places.get(name).copied(),
            false => self.bound.iter().rposition(|bound| bound.name == name),
        }
    }

    /// The value of a binding or a parameter; `Undefined` where there is none.
    pub fn get(&mut self, name: &str, tools: &mut dyn Generate) -> Result<Value, QueryError> {
        if let Some(bound) = self.find(name).and_then(|at| self.bound.get_mut(at)) {
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
                let found = match self.find(name).is_some() {
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

#[cfg(test)]
mod tests {
    use super::*;

    struct Nothing;

    impl Generate for Nothing {
        fn generate(&mut self, _: &str, _: Vec<Value>) -> Result<Value, QueryError> {
            Ok(Value::Null)
        }
    }

    /// The innermost binding counts, and the one that it hid counts again after it, however many there are.
    #[test]
    fn few_and_many_bindings_are_found_alike() {
        let params = Parameters::default();
        for count in [3, FEW - 1, FEW, FEW + 1, 200] {
            let names: Vec<String> = (0..count).map(|at| format!("n{}", at % (count - 1))).collect();
            let mut scope = Scope::new(&params);
            for (at, name) in names.iter().enumerate() {
                scope.bind(name, Value::Int(i64::try_from(at).unwrap()), 100);
            }
            // The last one hides the first.
            assert_eq!(scope.get("n0", &mut Nothing), Ok(Value::Int(i64::try_from(count - 1).unwrap())), "{count}");
            assert_eq!(scope.get("n1", &mut Nothing), Ok(Value::Int(1)), "{count}");
            scope.leave(count - 1);
            assert_eq!(scope.get("n0", &mut Nothing), Ok(Value::Int(0)), "{count}");
            scope.leave(1);
            assert_eq!(scope.get("n1", &mut Nothing), Ok(Value::Undefined), "{count}");
            scope.bind("n1", Value::Null, 1);
            assert_eq!(scope.get("n1", &mut Nothing), Ok(Value::Null), "{count}");
        }
    }
}
