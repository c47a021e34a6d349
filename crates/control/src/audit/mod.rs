//! The record of every mutation, written in the mutation's own transaction.

mod store;

use crate::{Actor, Ctx, Error};
use kernel::OrgId;
use serde_json::Value;
use sqlx::PgConnection;
use std::fmt::Display;

/// One entry to be: what was done to what. Never holds a secret.
pub struct Entry<'a> {
    /// A noun and a verb, as `api_key.create`.
    pub action: &'static str,
    pub org: Option<OrgId>,
    /// The id of what was changed.
    pub target: &'a (dyn Display + Sync),
    pub before: Option<Value>,
    pub after: Option<Value>,
}

impl Entry<'_> {
    /// Writes the entry; it becomes true with the transaction.
    pub async fn record(self, ctx: &Ctx, db: &mut PgConnection, actor: &Actor) -> Result<(), Error> {
        store::insert(db, ctx.new_uuid(), ctx.now(), actor, self).await
    }
}
