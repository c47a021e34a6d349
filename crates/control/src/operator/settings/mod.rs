//! What operators set while the server runs. The configuration gives the default; a row of the database overrides it.

mod key;
pub mod list;
pub mod set;
pub mod store;

pub use key::SettingKey;

use crate::identity::sign_up::Policy;
use crate::{Ctx, Error};
use ipnet::IpNet;
use kernel::Access;
use sqlx::PgConnection;

/// All settings at one moment. Cheap to keep for a second or so; every node reads its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Who may make an account.
    pub sign_up: Policy,
    /// Address ranges that no connection string may lead to, beside those that are always denied.
    pub denied_ranges: Vec<IpNet>,
    /// What a new organization may use of Accelerate.
    pub accelerate: Access,
    /// What a new organization may use of Pulse.
    pub pulse: Access,
}

impl Default for Settings {
    fn default() -> Self {
        Self { sign_up: Policy::Invite, denied_ranges: Vec::new(), accelerate: Access::On, pulse: Access::On }
    }
}

/// The settings as they are now.
pub async fn load(ctx: &Ctx) -> Result<Settings, Error> {
    let mut db = ctx.db.acquire().await?;
    load_in(ctx, &mut db).await
}

pub(crate) async fn load_in(ctx: &Ctx, db: &mut PgConnection) -> Result<Settings, Error> {
    let mut settings = ctx.rules.defaults.clone();
    for row in store::rows(db).await? {
        // A row of a newer version's setting, or the operator's claim, is none of ours.
        if let Some(key) = SettingKey::of(&row.key) {
            key.put(&mut settings, row.value).map_err(|_| Error::inconsistent("setting", "value", &row.key))?;
        }
    }
    Ok(settings)
}
