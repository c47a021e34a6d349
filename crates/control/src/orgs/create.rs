use super::store;
use crate::audit::Entry;
use crate::{Actor, Ctx, Error};
use kernel::{Name, OrgId, Problem, Role};
use serde_json::json;

/// How many organizations one user may own: a bound on what a script can leave behind.
const MOST_OWNED: i64 = 50;

/// Makes an organization with the actor as its owner.
pub async fn create(ctx: &Ctx, actor: &Actor, name: &str) -> Result<OrgId, Error> {
    let name = name.parse::<Name>().map_err(|error| Problem::field("name", error))?;
    let id: OrgId = ctx.new_id();
    let mut tx = ctx.db.begin().await?;
    if store::count_owned(&mut tx, actor.user).await? >= MOST_OWNED {
        return Err(Problem::conflict(format!("You own {MOST_OWNED} organizations already. Delete one first.")).into());
    }
    store::insert(&mut tx, id, &name, ctx.now()).await?;
    store::insert_member(&mut tx, id, actor.user, Role::Owner, ctx.now()).await?;
    Entry {
        action: "organization.create",
        org: Some(id),
        target: &id,
        before: None,
        after: Some(json!({ "name": name })),
    }
    .record(ctx, &mut tx, actor)
    .await?;
    tx.commit().await?;
    Ok(id)
}
