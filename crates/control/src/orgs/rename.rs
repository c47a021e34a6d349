use super::store;
use crate::audit::Entry;
use crate::rights::Right;
use crate::{Actor, Ctx, Error};
use kernel::{Name, OrgId, Problem};
use serde_json::json;

/// Gives the organization another name.
pub async fn rename(ctx: &Ctx, actor: &Actor, id: OrgId, name: &str) -> Result<(), Error> {
    let mut tx = ctx.db.begin().await?;
    Right::ManageOrg.require(&mut tx, actor, id).await?;
    let name = name.parse::<Name>().map_err(|error| Problem::field("name", error))?;
    let before = store::rename(&mut tx, id, &name).await?.ok_or_else(|| Problem::not_found("organization"))?;
    let entry = Entry {
        action: "organization.rename",
        org: Some(id),
        target: &id,
        before: Some(json!({ "name": before })),
        after: Some(json!({ "name": name })),
    };
    entry.record(ctx, &mut tx, actor).await?;
    crate::commit(tx).await?;
    Ok(())
}
