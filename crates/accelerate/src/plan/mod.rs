//! A query plan, as Prisma Client compiles it: a tree of nodes around finished SQL.
//!
//! The format is the one of `packages/client-engine-runtime/src/query-plan.ts` in prisma/prisma, from 6.16 to 7.10. Older and newer spellings of a
//! field are both read, and what is not known is ignored, so that one executor serves all of them.

mod arg;
mod rule;
mod shape;
mod sql;

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
pub struct Let {
    pub bindings: Vec<Binding>,
    pub expr: Box<Node>,
}

#[derive(Debug, Deserialize)]
pub struct Binding {
    pub name: Box<str>,
    pub expr: Node,
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

    /// How often the value of this name is asked for below, bindings of the same name included.
    pub fn uses(&self, name: &str) -> usize {
        let of_all = |nodes: &[Self]| nodes.iter().map(|node| node.uses(name)).sum::<usize>();
        match self {
            Self::Value(arg) => arg.uses(name),
            Self::Get(get) => usize::from(*get.name == *name),
            Self::GetFirstNonEmpty { names } => names.iter().filter(|own| ***own == *name).count(),
            Self::Let(scope) => {
                scope.bindings.iter().map(|binding| binding.expr.uses(name)).sum::<usize>() + scope.expr.uses(name)
            }
            Self::Seq(nodes) | Self::Sum(nodes) | Self::Concat(nodes) => of_all(nodes),
            Self::Query(sql) | Self::Execute(sql) => sql.args.iter().map(|arg| arg.uses(name)).sum(),
            Self::Reverse(node) | Self::Unique(node) | Self::Required(node) | Self::Transaction(node) => {
                node.uses(name)
            }
            Self::Join(join) => {
                join.parent.uses(name) + join.children.iter().map(|child| child.child.uses(name)).sum::<usize>()
            }
            Self::MapField { records, .. } => records.uses(name),
            Self::DataMap(map) => map.expr.uses(name),
            Self::Validate(validate) => validate.expr.uses(name),
            Self::If(branch) => branch.value.uses(name) + branch.then.uses(name) + branch.otherwise.uses(name),
            Self::Unit => 0,
            Self::Diff(diff) => diff.from.uses(name) + diff.to.uses(name),
            Self::InitializeRecord { expr, fields } => {
                let of_field = |(_, field): &(Box<str>, Initializer)| match field {
                    Initializer::Value(arg) => arg.uses(name),
                    Initializer::LastInsertId => 0,
                };
                expr.uses(name) + fields.0.iter().map(of_field).sum::<usize>()
            }
            Self::MapRecord { expr, fields } => {
                expr.uses(name) + fields.0.iter().map(|(_, field)| field.arg().uses(name)).sum::<usize>()
            }
            Self::Process { expr, operations } => expr.uses(name) + operations.uses(name),
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
    fn uses(&self, name: &str) -> usize {
        let cursor =
            self.pagination.iter().filter_map(|pagination| pagination.cursor.as_ref()).flat_map(BTreeMap::values);
        cursor.map(|arg| arg.uses(name)).sum::<usize>()
            + self.nested.0.iter().map(|(_, nested)| nested.uses(name)).sum::<usize>()
    }
}
