use super::store;
use crate::audit::Entry;
use crate::rights::Right;
use crate::{Actor, Ctx, Error};
use kernel::{Name, OrgId, Problem};
use serde_json::json;
use sqlx::PgConnection;

/// Deletes the organization with its projects, stored connection strings, keys and memberships. `confirmation` must be its name.
pub async fn delete(ctx: &Ctx, actor: &Actor, id: OrgId, confirmation: &str) -> Result<(), Error> {
    let mut tx = ctx.db.begin().await?;
    super::require_alone(&mut tx, actor, id, Right::DeleteOrg).await?;
    let org = store::find_for(&mut tx, id, actor.user).await?.ok_or_else(|| Problem::not_found("organization"))?;
    if confirmation.trim() != org.name.as_str() {
        return Err(Problem::field(
            "confirmation",
            "This is not the organization's name. Type it exactly as it is shown.",
        )
        .into());
    }
    remove(ctx, &mut tx, actor, id, &org.name).await?;
    crate::commit(tx).await?;
    Ok(())
}

/// Removes the row, and with it everything below.
pub(crate) async fn remove(
    ctx: &Ctx,
    db: &mut PgConnection,
    actor: &Actor,
    id: OrgId,
    name: &Name,
) -> Result<(), Error> {
    store::delete(db, id).await?;
    let before = Some(json!({ "name": name }));
    Entry { action: "organization.delete", org: Some(id), target: &id, before, after: None }
        .record(ctx, db, actor)
        .await
}
