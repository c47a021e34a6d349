//! What one subscriber wants to hear.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value as Json;

use crate::{
    Error,
    events::{self, Action, Binding, Change, EventId, Model, Table},
    filter::{self, Candidate, Filter},
    pgoutput::Malformed,
};

/// Nested deeper than any filter is.
const DEEPEST: usize = 32;

/// A model, and filters by action.
#[derive(Debug, Clone)]
pub struct Subscription {
    model: Model,
    schema: String,
    /// Of create, update and delete; `None` where it is not wanted.
    filters: [Option<Filter>; 3],
    /// Of the table that was seen last.
    bound: Option<(Arc<Table>, Binding)>,
}

/// An event on its way to a subscriber.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What the client acknowledges.
    pub id: EventId,
    /// What happened.
    pub action: Action,
    /// What the client reads.
    pub json: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    model: events::WireModel,
    model_name: String,
    r#where: Option<Json>,
}

impl Subscription {
    /// Reads the header `subscription`. Tables are looked for in `schema` where the client's schema names none.
    ///
    /// # Errors
    /// [`Error::Subscription`] says which field or operator is wrong, and how.
    pub fn parse(header: &str, schema: &str) -> Result<Self, Error> {
        let invalid = |_| Error::Subscription("The header `subscription` is not what Prisma Client sends".to_owned());
        let wire: Wire = serde_json::from_str(header).map_err(invalid)?;
        let model = Model::new(wire.model_name, wire.model)?;
        let filters = filters(&model, wire.r#where.as_ref())?;
        let schema = model.schema.clone().unwrap_or_else(|| schema.to_owned());
        Ok(Self { model, schema, filters, bound: None })
    }

    /// The model that is subscribed to.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The event of a change, where it is one that this subscriber wants.
    ///
    /// # Errors
    /// [`Malformed`] where the change is none.
    pub fn event(&mut self, change: &Change) -> Result<Option<Event>, Malformed> {
        let mut json = String::new();
        let is_wanted = self.write(change, &mut json)?;
        Ok(is_wanted.then_some(Event { id: change.id, action: change.action, json }))
    }

    /// Appends the event of a change to `out` as JSON, where it is one that this subscriber wants; whether it is.
    ///
    /// # Errors
    /// [`Malformed`] where the change is none.
    pub fn write(&mut self, change: &Change, out: &mut String) -> Result<bool, Malformed> {
        let filter = match change.action {
            Action::Create => &self.filters[0],
            Action::Update => &self.filters[1],
            Action::Delete => &self.filters[2],
            Action::Truncate => &None,
        };
        let relation = change.table.relation();
        let Some(filter) = filter else { return Ok(false) };
        if *relation.name != *self.model.table || *relation.schema != *self.schema {
            return Ok(false);
        }
        if self.bound.as_ref().is_none_or(|(table, _)| !Arc::ptr_eq(table, &change.table)) {
            self.bound = Some((Arc::clone(&change.table), Binding::new(&self.model, &change.table)));
        }
        let (Some((table, binding)), Some(image)) = (&self.bound, change.image()?) else { return Ok(false) };
        let cells = image.cells(table);
        let candidate = Candidate { fields: &self.model.fields, table, binding, cells: &cells };
        if filter.holds(&candidate) != Some(true) {
            return Ok(false);
        }
        Ok(events::event(out, change.id, change.action, &self.model, table, binding, &cells))
    }
}

/// Without any action all are wanted, else those that are named.
fn filters(model: &Model, json: Option<&Json>) -> Result<[Option<Filter>; 3], Error> {
    let everything = || Some(Filter::All(Vec::new()));
    let Some(json) = json.filter(|json| !json.is_null()) else {
        return Ok([everything(), everything(), everything()]);
    };
    if depth(json) > DEEPEST {
        return Err(Error::Subscription(format!("The filter is nested deeper than {DEEPEST} levels")));
    }
    let Json::Object(actions) = json else { return Err(filter::wrong("where", "must be an object of actions")) };
    let mut filters = [None, None, None];
    for (action, json) in actions {
        match (action.as_str(), json) {
            // The name of a stream stands here too.
            ("name", _) | (_, Json::Null) => {}
            ("create", json) => filters[0] = Some(filter::parse(model, "create", json)?),
            ("update", Json::Object(images)) => {
                if let Some(unknown) = images.keys().find(|image| *image != "after") {
                    return Err(filter::wrong(&format!("update.{unknown}"), "is not known; there is `after`"));
                }
                let after = images.get("after").filter(|json| !json.is_null());
                filters[1] =
                    after.map_or(Ok(everything()), |json| filter::parse(model, "update.after", json).map(Some))?;
            }
            ("delete", json) => filters[2] = Some(filter::parse(model, "delete", json)?),
            (action, _) => return Err(filter::wrong(action, "is none; there are create, update.after and delete")),
        }
    }
    if filters.iter().all(Option::is_none) {
        filters.fill_with(everything);
    }
    Ok(filters)
}

fn depth(json: &Json) -> usize {
    let inside = match json {
        Json::Object(members) => members.values().map(depth).max(),
        Json::Array(members) => members.iter().map(depth).max(),
        _ => return 0,
    };
    1 + inside.unwrap_or_default()
}
