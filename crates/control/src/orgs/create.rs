use super::{members, store};
use crate::audit::Entry;
use crate::operator::settings;
use crate::{Actor, Ctx, Error, identity};
use kernel::{Name, OrgId, Problem, Role};
use serde_json::json;

/// How many organizations one user may own: a bound on what a script can leave behind.
const MOST_OWNED: i64 = 50;

/// Makes an organization with the actor as its owner.
pub async fn create(ctx: &Ctx, actor: &Actor, name: &str) -> Result<OrgId, Error> {
    let name = name.parse::<Name>().map_err(|error| Problem::field("name", error))?;
    let id: OrgId = ctx.new_id();
    let mut tx = ctx.db.begin().await?;
    // One at a time for one user, so that the bound holds.
    if !identity::store::lock(&mut tx, actor.user).await? {
        return Err(Problem::unauthenticated().into());
    }
    if store::count_owned(&mut tx, actor.user).await? >= MOST_OWNED {
        return Err(Problem::conflict(format!("You own {MOST_OWNED} organizations already. Delete one first.")).into());
    }
    let defaults = settings::load_in(ctx, &mut tx).await?;
    store::insert(&mut tx, id, &name, (defaults.accelerate, defaults.pulse), ctx.now()).await?;
    members::store::insert(&mut tx, id, actor.user, Role::Owner, ctx.now()).await?;
    Entry {
        action: "organization.create",
        org: Some(id),
        target: &id,
        before: None,
        after: Some(json!({ "name": name })),
    }
    .record(ctx, &mut tx, actor)
    .await?;
    crate::commit(tx).await?;
    Ok(id)
}
