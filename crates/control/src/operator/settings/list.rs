use super::{SettingKey, load_in, store};
use crate::operator::require;
use crate::{Actor, Ctx, Error};
use time::OffsetDateTime;

/// A setting as operators see it.
#[derive(Debug, Clone)]
pub struct Setting {
    pub key: SettingKey,
    /// As a form field shows it; ranges one a line.
    pub value: String,
    /// What it is without an override.
    pub default: String,
    /// When it was overridden, and by whom while they have an account.
    pub overridden: Option<(OffsetDateTime, Option<String>)>,
}

/// All settings, and which of them differ from the configuration.
pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<Vec<Setting>, Error> {
    require(actor)?;
    let mut db = ctx.db.acquire().await?;
    let now = load_in(ctx, &mut db).await?;
    let rows = store::rows(&mut db).await?;
    let setting = |key: SettingKey| Setting {
        key,
        value: key.text(&now),
        default: key.text(&ctx.rules.defaults),
        overridden: rows
            .iter()
            .find(|row| row.key == key.config_key())
            .map(|row| (row.updated_at, row.updated_by.clone())),
    };
    Ok(SettingKey::ALL.into_iter().map(setting).collect())
}
