//! Walks a plan, node by node, as `interpreter/query-interpreter.ts` of prisma/prisma does.

mod budget;
mod encode;
mod generators;
mod join;
mod process;
mod render;
mod rules;
mod scope;
mod told;

#[cfg(any(test, feature = "fuzzing"))]
pub use encode::encode_all;
pub use generators::Generators;
pub use scope::Parameters;

use crate::error::QueryError;
use crate::plan::{DataMap, Initializer, Node, Sql};
use crate::session::Lease;
use crate::shape;
use crate::telemetry::{Recorder, Step};
use crate::value::{Record, Value};
use crate::wire::{Completion, Sink};
use budget::Budget;
use futures::future::BoxFuture;
use process::Processor;
use render::Rendered;
use scope::Scope;
use std::sync::Arc;

/// One run of a plan over one connection.
pub struct Run<'a> {
    lease: &'a mut Lease,
    scope: Scope<'a>,
    budget: Budget,
    tools: Generators<'a>,
    /// Put behind every statement.
    comment: &'a str,
    /// Only where the client asks to be told.
    recorder: Option<&'a Recorder>,
}

impl<'a> Run<'a> {
    pub fn new(lease: &'a mut Lease, params: &'a Parameters, comment: &'a str, tools: Generators<'a>) -> Self {
        Self { lease, scope: Scope::new(params), budget: Budget::default(), tools, comment, recorder: None }
    }

    #[must_use]
    pub fn telling(self, recorder: Option<&'a Recorder>) -> Self {
        Self { recorder, ..self }
    }

    /// Runs the plan and appends its result to `out` as JSON.
    pub async fn answer(&mut self, plan: &'a Node, out: &mut Vec<u8>) -> Result<(), QueryError> {
        if let Node::DataMap(map) = plan
            && let Some((sql, unique)) = rows_of(&map.expr)
        {
            return self.stream(sql, map, unique, out).await;
        }
        match plan {
            Node::DataMap(map) => {
                let value = self.node(&map.expr).await?;
                self.write(out, &value, map)
            }
            Node::Transaction(inner) => {
                let Node::DataMap(map) = &**inner else { return self.plain(plan, out).await };
                let value = self.in_transaction(&map.expr).await?;
                self.write(out, &value, map)
            }
            plan => self.plain(plan, out).await,
        }
    }

    async fn plain(&mut self, plan: &'a Node, out: &mut Vec<u8>) -> Result<(), QueryError> {
        let value = self.node(plan).await?;
        shape::json::write_within(out, &value, self.lease.most_bytes())
    }

    fn write(&self, out: &mut Vec<u8>, value: &Value, map: &DataMap) -> Result<(), QueryError> {
        shape::write(out, value, &map.structure, shape::Frame { enums: &map.enums, most: self.lease.most_bytes() })
    }

    fn render(&mut self, sql: &'a Sql) -> Result<Vec<Rendered<'a>>, QueryError> {
        let tells = self.recorder.is_some_and(Recorder::tells_queries);
        let mut rendered = render::render(sql, &mut self.scope, &mut self.tools, tells)?;
        if !self.comment.is_empty() {
            rendered.iter_mut().for_each(|statement| statement.sql.to_mut().push_str(self.comment));
        }
        Ok(rendered)
    }

    /// Runs one statement. `raw`: of the user's own words.
    async fn send(
        &mut self,
        statement: &Rendered<'_>,
        raw: bool,
        sink: &mut impl Sink,
    ) -> Result<Completion, QueryError> {
        let told = self.recorder.map(|recorder| (recorder, recorder.begin()));
        let outcome = self.lease.query(&statement.sql, &statement.params, raw, sink).await;
        if let Some((recorder, begun)) = told {
            recorder.statement(begun, &statement.sql, &statement.told, outcome.is_ok());
        }
        outcome
    }

    /// The rows of one query, from the wire straight into the answer.
    async fn stream(
        &mut self,
        sql: &'a Sql,
        map: &'a DataMap,
        unique: bool,
        out: &mut Vec<u8>,
    ) -> Result<(), QueryError> {
        let mut rendered = self.render(sql)?;
        let Some(statement) = rendered.pop().filter(|_| rendered.is_empty()) else {
            // In several chunks: rare, and put together in memory.
            let value = self.node(&map.expr).await?;
            return self.write(out, &value, map);
        };
        let mut rows = shape::Rows::new(map, unique, out, self.lease.most_bytes());
        self.send(&statement, false, &mut rows).await?;
        rows.finish()
    }

    fn node<'s>(&'s mut self, node: &'a Node) -> BoxFuture<'s, Result<Value, QueryError>> {
        Box::pin(async move {
            Ok(match node {
                Node::Value(arg) => self.scope.value(arg, &mut self.tools)?,
                Node::Get(get) => self.scope.get(&get.name, &mut self.tools)?,
                Node::Unit => Value::Undefined,
                Node::Query(sql) => self.query(sql).await?,
                Node::Execute(sql) => self.execute(sql).await?,
                Node::Seq(nodes) => {
                    let mut last = Value::Undefined;
                    for node in nodes {
                        last = self.node(node).await?;
                    }
                    last
                }
                Node::Let(scope) => {
                    let depth = self.scope.depth();
                    for binding in &scope.bindings {
                        let value = self.node(&binding.expr).await?;
                        self.scope.bind(&binding.name, value, binding.uses);
                    }
                    let value = self.node(&scope.expr).await;
                    self.scope.leave(depth);
                    value?
                }
                Node::GetFirstNonEmpty { names } => {
                    let mut found = Value::list(Vec::new());
                    for name in names {
                        let value = self.scope.get(name, &mut self.tools)?;
                        if !value.is_empty() {
                            found = value;
                            break;
                        }
                    }
                    found
                }
                Node::Sum(nodes) => {
                    let mut sum = 0.0;
                    for node in nodes {
                        let value = self.node(node).await?;
                        sum += value.as_number().ok_or_else(|| process::not_a_number(&value))?;
                    }
                    Value::from(sum)
                }
                Node::Concat(nodes) => {
                    let mut all = Vec::new();
                    for node in nodes {
                        let values = self.node(node).await?.into_list();
                        self.budget.spend(values.len())?;
                        all.extend(values);
                    }
                    Value::list(all)
                }
                Node::Reverse(inner) => match self.node(inner).await? {
                    Value::List(mut values) => {
                        Arc::make_mut(&mut values).reverse();
                        Value::List(values)
                    }
                    other => other,
                },
                Node::Unique(inner) => shape::unique(self.node(inner).await?)?,
                Node::Required(inner) => {
                    let value = self.node(inner).await?;
                    if value.is_empty() {
                        return Err(QueryError::internal("Required value is empty"));
                    }
                    value
                }
                Node::MapField { field, records } => {
                    let records = self.node(records).await?;
                    map_field(records, field, &mut self.budget)?
                }
                Node::Join(join) => {
                    let parents = self.node(&join.parent).await?;
                    if matches!(parents, Value::Null) {
                        return Ok(Value::Null);
                    }
                    let mut children = Vec::with_capacity(join.children.len());
                    for child in &join.children {
                        children.push((child, self.node(&child.child).await?));
                    }
                    join::attach(parents, children, join.can_assume_strict_equality, &mut self.budget)?
                }
                Node::Transaction(inner) => self.in_transaction(inner).await?,
                Node::DataMap(map) => {
                    let value = self.node(&map.expr).await?;
                    let mut text = Vec::new();
                    self.write(&mut text, &value, map)?;
                    shape::json::parse(&String::from_utf8_lossy(&text))?
                }
                Node::Validate(validate) => {
                    let value = self.node(&validate.expr).await?;
                    match validate.rules.iter().all(|rule| rules::holds(&value, *rule)) {
                        true => value,
                        false => return Err(rules::broken(&value, &validate.failure)),
                    }
                }
                Node::If(branch) => {
                    let value = self.node(&branch.value).await?;
                    self.node(if rules::holds(&value, branch.rule) { &branch.then } else { &branch.otherwise }).await?
                }
                Node::Diff(diff) => {
                    let from = self.node(&diff.from).await?;
                    let to = self.node(&diff.to).await?;
                    difference(from, to, &diff.fields)?
                }
                Node::InitializeRecord { expr, fields } => {
                    self.node(expr).await?;
                    let mut record = Record::new(Vec::with_capacity(fields.0.len()));
                    self.budget.spend(fields.0.len())?;
                    for (name, initializer) in &fields.0 {
                        let value = match initializer {
                            Initializer::Value(arg) => self.scope.value(arg, &mut self.tools)?,
                            Initializer::LastInsertId => Value::Undefined,
                        };
                        record.set(name, value);
                    }
                    Value::Record(record.into())
                }
                Node::MapRecord { expr, fields } => {
                    let mut record = match self.node(expr).await? {
                        Value::Null => Arc::new(Record::new(Vec::new())),
                        Value::Record(record) => record,
                        other => {
                            return Err(QueryError::internal(format!("Expected object, got {}", other.type_name())));
                        }
                    };
                    for (name, operation) in &fields.0 {
                        let right = self.scope.value(operation.arg(), &mut self.tools)?;
                        let left = record.get(name).cloned().unwrap_or_default();
                        Arc::make_mut(&mut record).set(name, process::calculate(operation, &left, right)?);
                    }
                    Value::Record(record)
                }
                Node::Process { expr, operations } => {
                    let value = self.node(expr).await?;
                    let (scope, tools, budget) = (&mut self.scope, &mut self.tools, &mut self.budget);
                    Processor { scope, tools, budget }.run(value, operations)?
                }
            })
        })
    }

    async fn query(&mut self, sql: &'a Sql) -> Result<Value, QueryError> {
        let rendered = self.render(sql)?;
        let own = self.begin_for_chunks(rendered.len()).await?;
        let mut rows = shape::Collected::new(self.lease.most_bytes());
        let mut outcome = Ok(());
        for statement in &rendered {
            outcome = self.send(statement, sql.is_raw(), &mut rows).await.map(drop);
            if outcome.is_err() {
                break;
            }
        }
        let outcome = self.end(own, outcome).await;
        outcome?;
        match sql.is_raw() {
            true => rows.into_raw(),
            false => Ok(rows.into_records()),
        }
    }

    async fn execute(&mut self, sql: &'a Sql) -> Result<Value, QueryError> {
        let rendered = self.render(sql)?;
        let own = self.begin_for_chunks(rendered.len()).await?;
        let (mut sum, mut outcome) = (0, Ok(()));
        for statement in &rendered {
            match self.send(statement, sql.is_raw(), &mut shape::Ignored).await {
                Ok(done) => sum += i64::try_from(done.rows).unwrap_or(i64::MAX),
                Err(error) => outcome = Err(error),
            }
            if outcome.is_err() {
                break;
            }
        }
        self.end(own, outcome).await?;
        Ok(Value::Int(sum))
    }

    /// What was divided for its length is one to the client: nobody sees a part of it, and none is left behind.
    async fn begin_for_chunks(&mut self, statements: usize) -> Result<bool, QueryError> {
        Ok(statements > 1 && self.begin()?)
    }

    /// Begins a transaction unless there is one; answers whether it was begun here.
    fn begin(&mut self) -> Result<bool, QueryError> {
        let own = self.lease.begin()?;
        if let Some(recorder) = self.recorder.filter(|_| own) {
            recorder.step(recorder.begin(), Step::Start, None);
        }
        Ok(own)
    }

    async fn in_transaction(&mut self, node: &'a Node) -> Result<Value, QueryError> {
        let own = self.begin()?;
        let outcome = self.node(node).await;
        self.end(own, outcome).await
    }

    /// Ends a transaction that was begun here.
    async fn end<T>(&mut self, own: bool, outcome: Result<T, QueryError>) -> Result<T, QueryError> {
        if !own {
            return outcome;
        }
        let told = self.recorder.map(|recorder| (recorder, recorder.begin()));
        let (step, outcome, sent) = match outcome {
            Ok(value) => {
                let committed = self.lease.commit().await;
                let sent = committed.is_ok();
                (Step::Commit, committed.map(|()| value), sent)
            }
            Err(error) => {
                self.lease.roll_back().await;
                (Step::RollBack, Err(error), true)
            }
        };
        if let Some((recorder, begun)) = told {
            recorder.step(begun, step, Some(sent));
        }
        outcome
    }
}

/// The query whose rows are the result, and whether there is at most one.
fn rows_of(node: &Node) -> Option<(&Sql, bool)> {
    match node {
        Node::Query(sql) if !sql.is_raw() => Some((sql, false)),
        Node::Unique(inner) => match &**inner {
            Node::Query(sql) if !sql.is_raw() => Some((sql, true)),
            _ => None,
        },
        _ => None,
    }
}

fn map_field(value: Value, field: &str, budget: &mut Budget) -> Result<Value, QueryError> {
    Ok(match value {
        Value::List(values) => {
            budget.spend(values.len())?;
            let fields = values.iter().map(|value| map_field(value.clone(), field, budget));
            Value::list(fields.collect::<Result<_, _>>()?)
        }
        Value::Record(record) => match record.get(field) {
            None | Some(Value::Undefined) => Value::Null,
            Some(value) => value.clone(),
        },
        other => other,
    })
}

fn difference(from: Value, to: Value, fields: &[Box<str>]) -> Result<Value, QueryError> {
    let fields: Vec<&str> = fields.iter().map(|field| &**field).collect();
    let key = |value: &Value| match value {
        Value::Null => Ok(None),
        // Clients that name no fields compare whole values.
        value if fields.is_empty() => {
            let mut text = Vec::new();
            shape::json::write(&mut text, value);
            Ok(Some(text))
        }
        value => Ok::<_, QueryError>(Some(join::key(join::record(value)?, &fields, &[])?)),
    };
    let there = to.into_list().iter().map(key).collect::<Result<std::collections::HashSet<_>, _>>()?;
    let mut left = Vec::new();
    for value in from.into_list() {
        if !there.contains(&key(&value)?) {
            left.push(value);
        }
    }
    Ok(Value::list(left))
}
