use super::{SettingKey, load_in, store};
use crate::audit::Entry;
use crate::operator::require;
use crate::{Actor, Ctx, Error};
use kernel::Problem;

/// Overrides a setting with what the form field says.
pub async fn set(ctx: &Ctx, actor: &Actor, key: SettingKey, text: &str) -> Result<(), Error> {
    require(actor)?;
    let value = key.parse(text).map_err(|message| Problem::field("value", message))?;
    let mut tx = ctx.db.begin().await?;
    store::lock(&mut tx, actor).await?;
    let before = key.value(&load_in(ctx, &mut tx).await?);
    store::put(&mut tx, key, &value, actor, ctx.now()).await?;
    let (before, after) = (Some(before), Some(value));
    Entry { action: "setting.set", org: None, target: &key.config_key(), before, after }
        .record(ctx, &mut tx, actor)
        .await?;
    crate::commit(tx).await?;
    Ok(())
}

/// Back to what the configuration says.
pub async fn reset(ctx: &Ctx, actor: &Actor, key: SettingKey) -> Result<(), Error> {
    require(actor)?;
    let mut tx = ctx.db.begin().await?;
    store::lock(&mut tx, actor).await?;
    let before = key.value(&load_in(ctx, &mut tx).await?);
    if !store::delete(&mut tx, key).await? {
        return Ok(());
    }
    let (before, after) = (Some(before), Some(key.value(&ctx.rules.defaults)));
    Entry { action: "setting.reset", org: None, target: &key.config_key(), before, after }
        .record(ctx, &mut tx, actor)
        .await?;
    crate::commit(tx).await?;
    Ok(())
}
