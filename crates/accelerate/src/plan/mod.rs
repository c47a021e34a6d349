//! A query plan, as Prisma Client compiles it: a tree of nodes around finished SQL.
//!
//! The format is the one of `packages/client-engine-runtime/src/query-plan.ts` in prisma/prisma, from 6.16 to 7.10. Older and newer spellings of a
//! field are both read, and what is not known is ignored, so that one executor serves all of them.

mod arg;
mod rule;
mod scope;
mod shape;
mod sql;
#[cfg(test)]
mod tests;

pub use arg::Arg;
pub use rule::{Rule, Validation};
pub use shape::{Arity, Encoding, Enums, FieldType, Scalar, Structure};
pub use sql::{ArgType, ArgTypes, Fragment, PlaceholderFormat, ScalarType, Sql, Template};

use crate::shape::Layout;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// One node; see the source named above for what each does.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", content = "args", rename_all = "camelCase")]
pub enum Node {
    Value(Arg),
    Seq(Vec<Node>),
    Get(Name),
    Let(Let),
    GetFirstNonEmpty { names: Vec<Box<str>> },
    Query(Box<Sql>),
    Execute(Box<Sql>),
    Reverse(Box<Node>),
    Sum(Vec<Node>),
    Concat(Vec<Node>),
    Unique(Box<Node>),
    Required(Box<Node>),
    Join(Join),
    MapField { field: Box<str>, records: Box<Node> },
    Transaction(Box<Node>),
    DataMap(DataMap),
    Validate(Validate),
    If(Box<If>),
    Unit,
    Diff(Box<Diff>),
    InitializeRecord { expr: Box<Node>, fields: Ordered<Initializer> },
    MapRecord { expr: Box<Node>, fields: Ordered<Operation> },
    Process { expr: Box<Node>, operations: InMemory },
}

#[derive(Debug, Deserialize)]
pub struct Name {
    pub name: Box<str>,
}

/// Values by name, for the bindings that follow and for `expr`.
#[derive(Debug, Deserialize)]
#[serde(from = "scope::Wire")]
pub struct Let {
    pub bindings: Vec<Binding>,
    pub expr: Box<Node>,
}

#[derive(Debug, Deserialize)]
pub struct Binding {
    pub name: Box<str>,
    pub expr: Node,
    /// How often the value is asked for, bindings of the same name included.
    #[serde(skip)]
    pub uses: usize,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Join {
    pub parent: Box<Node>,
    pub children: Vec<JoinChild>,
    /// Whether keys of parent and child are of one type; unknown to clients before 7.4.
    #[serde(default)]
    pub can_assume_strict_equality: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JoinChild {
    pub child: Node,
    /// Pairs of a parent's and a child's field.
    pub on: Vec<(Box<str>, Box<str>)>,
    pub parent_field: Box<str>,
    pub is_relation_unique: bool,
}

#[derive(Debug, Deserialize)]
pub struct DataMap {
    pub expr: Box<Node>,
    pub structure: Structure,
    #[serde(default)]
    pub enums: Enums,
    #[serde(skip)]
    pub layout: LayoutCache,
}

/// What was worked out of the structure and the columns of the last result.
#[derive(Debug, Default)]
pub struct LayoutCache(pub Mutex<Option<Arc<Layout>>>);

#[derive(Debug, Deserialize)]
pub struct Validate {
    pub expr: Box<Node>,
    pub rules: Vec<Rule>,
    #[serde(flatten)]
    pub failure: Validation,
}

#[derive(Debug, Deserialize)]
pub struct If {
    pub value: Node,
    pub rule: Rule,
    pub then: Node,
    #[serde(rename = "else")]
    pub otherwise: Node,
}

#[derive(Debug, Deserialize)]
pub struct Diff {
    pub from: Node,
    pub to: Node,
    /// The fields that make two records the same; clients before 7 compare whole records.
    #[serde(default)]
    pub fields: Vec<Box<str>>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "camelCase")]
pub enum Initializer {
    Value(Arg),
    /// Of databases without `returning`; Postgres gives none.
    LastInsertId,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "camelCase")]
pub enum Operation {
    Set(Arg),
    Add(Arg),
    Subtract(Arg),
    Multiply(Arg),
    Divide(Arg),
}

/// What is done to records after they were read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InMemory {
    #[serde(default)]
    pub pagination: Option<Pagination>,
    #[serde(default)]
    pub distinct: Option<Vec<Box<str>>>,
    #[serde(default)]
    pub reverse: bool,
    /// The fields that lead to the parent: each parent's children are paged apart.
    #[serde(default)]
    pub linking_fields: Option<Vec<Box<str>>>,
    #[serde(default)]
    pub nested: Ordered<InMemory>,
}

#[derive(Debug, Deserialize)]
pub struct Pagination {
    #[serde(default)]
    pub cursor: Option<BTreeMap<Box<str>, Arg>>,
    #[serde(default)]
    pub take: Option<i64>,
    #[serde(default)]
    pub skip: Option<i64>,
}

/// Of one object: more than a table has columns. They are looked for one by one.
const MOST_FIELDS: usize = 4096;

/// An object whose fields keep their order.
#[derive(Debug)]
pub struct Ordered<T>(pub Vec<(Box<str>, T)>);

impl<T> Default for Ordered<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> serde::de::Visitor<'de> for Fields<T> {
            type Value = Ordered<T>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    if fields.len() == MOST_FIELDS {
                        return Err(serde::de::Error::custom(format_args!(
                            "an object of more than {MOST_FIELDS} fields"
                        )));
                    }
                    fields.push(entry);
                }
                Ok(Ordered(fields))
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Ordered::default())
            }
        }
        deserializer.deserialize_any(Fields(std::marker::PhantomData))
    }
}

impl Node {
    /// Reads the `plan` of a request. serde_json bounds the depth to 128.
    ///
    /// # Errors
    /// Where it is no plan, with the place.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// Whether nothing below writes, or is in the user's own words: every statement is a `select` of the client's compiler.
    pub fn reads(&self) -> bool {
        match self {
            Self::Query(sql) => sql.is_select(),
            Self::Execute(_) | Self::Transaction(_) => false,
            Self::Value(_) | Self::Get(_) | Self::GetFirstNonEmpty { .. } | Self::Unit => true,
            Self::Seq(nodes) | Self::Sum(nodes) | Self::Concat(nodes) => nodes.iter().all(Self::reads),
            Self::Let(scope) => scope.bindings.iter().all(|binding| binding.expr.reads()) && scope.expr.reads(),
            Self::Reverse(node) | Self::Unique(node) | Self::Required(node) => node.reads(),
            Self::Join(join) => join.parent.reads() && join.children.iter().all(|child| child.child.reads()),
            Self::MapField { records, .. } => records.reads(),
            Self::DataMap(map) => map.expr.reads(),
            Self::Validate(validate) => validate.expr.reads(),
            Self::If(branch) => branch.value.reads() && branch.then.reads() && branch.otherwise.reads(),
            Self::Diff(diff) => diff.from.reads() && diff.to.reads(),
            Self::InitializeRecord { expr, .. } | Self::MapRecord { expr, .. } | Self::Process { expr, .. } => {
                expr.reads()
            }
        }
    }

    /// Calls with every name whose value is asked for below.
    fn names<'n>(&'n self, each: &mut dyn FnMut(&'n str)) {
        match self {
            Self::Value(arg) => arg.names(each),
            Self::Get(get) => each(&get.name),
            Self::GetFirstNonEmpty { names } => names.iter().for_each(|name| each(name)),
            Self::Let(scope) => {
                scope.bindings.iter().for_each(|binding| binding.expr.names(each));
                scope.expr.names(each);
            }
            Self::Seq(nodes) | Self::Sum(nodes) | Self::Concat(nodes) => nodes.iter().for_each(|node| node.names(each)),
            Self::Query(sql) | Self::Execute(sql) => sql.args.iter().for_each(|arg| arg.names(each)),
            Self::Reverse(node) | Self::Unique(node) | Self::Required(node) | Self::Transaction(node) => {
                node.names(each);
            }
            Self::Join(join) => {
                join.parent.names(each);
                join.children.iter().for_each(|child| child.child.names(each));
            }
            Self::MapField { records, .. } => records.names(each),
            Self::DataMap(map) => map.expr.names(each),
            Self::Validate(validate) => validate.expr.names(each),
            Self::If(branch) => {
                branch.value.names(each);
                branch.then.names(each);
                branch.otherwise.names(each);
            }
            Self::Unit => {}
            Self::Diff(diff) => {
                diff.from.names(each);
                diff.to.names(each);
            }
            Self::InitializeRecord { expr, fields } => {
                expr.names(each);
                for (_, field) in &fields.0 {
                    if let Initializer::Value(arg) = field {
                        arg.names(each);
                    }
                }
            }
            Self::MapRecord { expr, fields } => {
                expr.names(each);
                fields.0.iter().for_each(|(_, field)| field.arg().names(each));
            }
            Self::Process { expr, operations } => {
                expr.names(each);
                operations.names(each);
            }
        }
    }
}

impl Operation {
    pub fn arg(&self) -> &Arg {
        match self {
            Self::Set(arg) | Self::Add(arg) | Self::Subtract(arg) | Self::Multiply(arg) | Self::Divide(arg) => arg,
        }
    }
}

impl InMemory {
    fn names<'n>(&'n self, each: &mut dyn FnMut(&'n str)) {
        let cursor = self.pagination.iter().filter_map(|pagination| pagination.cursor.as_ref());
        cursor.flat_map(BTreeMap::values).for_each(|arg| arg.names(each));
        self.nested.0.iter().for_each(|(_, nested)| nested.names(each));
    }
}
