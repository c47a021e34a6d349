//! Pulse of a resource: whether it is enabled, its events until everybody has them, its named streams, and which node captures it. The engine is the
//! crate `pulse`; nodes ask by [`directory`], [`leases`], [`journal`], [`consumers`] and [`leftovers`].

pub mod consumers;
pub mod directory;
pub mod disable;
pub mod enable;
pub mod get;
pub mod journal;
pub mod leases;
pub mod leftovers;
pub mod pause;
pub mod removal;
pub mod settings;
pub mod shown;
mod store;
pub mod streams;

use crate::{Actor, Error, orgs};
use kernel::{Access, OrgId, Problem, Product};
use sqlx::PgConnection;
use time::OffsetDateTime;

/// A resource's Pulse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enabled {
    pub settings: Settings,
    pub enabled_at: OffsetDateTime,
    pub paused_at: Option<OffsetDateTime>,
    /// When slot and publication were removed on request; none once capture is resumed.
    pub removed_at: Option<OffsetDateTime>,
    /// The last time that changes were missed, and why.
    pub gap: Option<(OffsetDateTime, String)>,
}

/// What is captured, and how long it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Whether there are named streams.
    pub persistence: bool,
    pub retention_hours: u32,
    /// Schema and name of each; `None` is all of them, those to come as well.
    pub tables: Option<Vec<(String, String)>>,
    /// Whether a node makes publication and slot; else people do, and it waits until they are there.
    pub automatic: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { persistence: true, retention_hours: 72, tables: None, automatic: true }
    }
}

/// The organization's access to Pulse, by its operators.
async fn require_access(db: &mut PgConnection, actor: &Actor, org: OrgId) -> Result<(), Error> {
    let here = orgs::store::find_for(db, org, actor.user).await?.ok_or_else(|| Problem::not_found("organization"))?;
    match here.access(Product::Pulse) {
        Access::On | Access::EarlyAccess => Ok(()),
        Access::Off => Err(Problem::conflict(
            "Pulse is off for this organization. Join the waitlist: an operator of this server decides who gets it.",
        )
        .into()),
    }
}

/// What is settled when Pulse is enabled.
fn keeps_its_setup(before: &Settings, wanted: &Settings) -> Result<(), Problem> {
    if before.tables != wanted.tables {
        return Err(Problem::field("tables", "Disable Pulse to publish other tables, and enable it anew."));
    }
    if before.automatic != wanted.automatic {
        return Err(Problem::field("automatic", "Disable Pulse to set it up in another way, and enable it anew."));
    }
    Ok(())
}

fn not_enabled() -> Error {
    Problem::conflict("Pulse is not enabled for this resource.").into()
}
