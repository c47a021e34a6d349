use super::{Key, State, ranges, require, store};
use crate::audit::Entry;
use crate::rights::Right;
use crate::{Actor, Ctx, Error};
use kernel::key::Rights;
use kernel::problem::Fields;
use kernel::{KeyId, Name, Problem};
use serde_json::{Value, json};

/// What the form asks.
#[derive(Debug)]
pub struct EditKeyInput {
    pub name: String,
    pub rights: String,
    pub allowed_ranges: String,
}

/// Changes a key's name, rights and address ranges; its text stays.
pub async fn edit(ctx: &Ctx, actor: &Actor, id: KeyId, input: EditKeyInput) -> Result<(), Error> {
    let mut tx = ctx.db.begin().await?;
    let (key, project) = require(&mut tx, actor, id, Right::ManageKeys).await?;
    let mut fields = Fields::default();
    let name = fields.check("name", input.name.parse::<Name>());
    let rights = fields.check("rights", input.rights.parse::<Rights>());
    let ranges = fields.check("allowed_ranges", ranges::parse(&input.allowed_ranges));
    fields.done()?;
    let (Some(name), Some(rights), Some(ranges)) = (name, rights, ranges) else {
        return Err(Problem::internal().into());
    };
    store::update(&mut tx, id, &name, rights, &ranges).await?;
    let after = json!({ "name": name, "rights": rights, "allowed_ranges": ranges });
    Entry {
        action: "api_key.edit",
        org: Some(project.org),
        target: &id,
        before: Some(describe(&key)),
        after: Some(after),
    }
    .record(ctx, &mut tx, actor)
    .await?;
    crate::commit(tx).await?;
    Ok(())
}

/// Disables or enables a key: reversible, unlike removing it.
pub async fn set_enabled(ctx: &Ctx, actor: &Actor, id: KeyId, enabled: bool) -> Result<(), Error> {
    let mut tx = ctx.db.begin().await?;
    let (key, project) = require(&mut tx, actor, id, Right::ManageKeys).await?;
    if enabled && key.rotated_at.is_some() && key.state(ctx.now()) == State::Expired {
        return Err(
            Problem::conflict("This key was rotated, and its successor took its place. Create another one.").into()
        );
    }
    store::set_disabled_at(&mut tx, id, (!enabled).then(|| ctx.now())).await?;
    let action = if enabled { "api_key.enable" } else { "api_key.disable" };
    Entry { action, org: Some(project.org), target: &id, before: None, after: None }
        .record(ctx, &mut tx, actor)
        .await?;
    crate::commit(tx).await?;
    Ok(())
}

fn describe(key: &Key) -> Value {
    json!({ "name": key.name, "rights": key.rights, "allowed_ranges": key.allowed_ranges })
}
