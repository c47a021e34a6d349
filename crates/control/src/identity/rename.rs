use super::store;
use crate::audit::Entry;
use crate::{Actor, Ctx, Error};
use kernel::{Name, Problem};
use serde_json::json;

/// Changes the actor's name. The address stays: it is what invitations and mailed links are bound to, so another address is another account.
pub async fn rename(ctx: &Ctx, actor: &Actor, name: &str) -> Result<(), Error> {
    let name = name.parse::<Name>().map_err(|error| Problem::field("name", error))?;
    let mut tx = ctx.db.begin().await?;
    let user = store::user(&mut tx, actor.user).await?.ok_or_else(|| Problem::not_found("account"))?;
    store::rename(&mut tx, actor.user, &name).await?;
    let (before, after) = (Some(json!({ "name": user.name })), Some(json!({ "name": name })));
    Entry { action: "user.rename", org: None, target: &actor.user, before, after }.record(ctx, &mut tx, actor).await?;
    crate::commit(tx).await?;
    Ok(())
}
