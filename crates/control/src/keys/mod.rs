//! API keys: they authenticate an app's data traffic. Shown once, stored as SHA-256.

pub mod create;
pub mod edit;
pub mod list;
pub mod plain;
pub mod ranges;
pub mod remove;
pub mod rotate;
pub mod show;
pub mod store;
pub mod verify;

pub use plain::{HashedKey, PlainKey};

use crate::projects::Project;
use crate::rights::Right;
use crate::{Actor, Error, projects};
use ipnet::IpNet;
use kernel::key::Rights;
use kernel::{KeyId, Name, Problem, ProjectId, ResourceId};
use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

/// A key as lists show it.
#[derive(Debug, Clone)]
pub struct Key {
    pub id: KeyId,
    pub project: ProjectId,
    /// The one resource it reaches; none for a key of the project, which reaches the default resource.
    pub resource: Option<(ResourceId, String)>,
    pub name: Name,
    /// Its first and last characters.
    pub visible: (String, String),
    pub rights: Rights,
    /// Client addresses that may use it; empty means any.
    pub allowed_ranges: Vec<IpNet>,
    /// The creator's name, while they have an account.
    pub created_by: Option<String>,
    pub created_at: OffsetDateTime,
    pub expires_at: Option<OffsetDateTime>,
    pub disabled_at: Option<OffsetDateTime>,
    /// A successor took its place; it ends with the overlap.
    pub rotated_at: Option<OffsetDateTime>,
    pub last_used_at: Option<OffsetDateTime>,
    pub last_used_from: Option<String>,
}

/// What a key is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Active,
    Disabled,
    Expired,
}

impl Key {
    pub fn state(&self, now: OffsetDateTime) -> State {
        match (self.expires_at, self.disabled_at) {
            (Some(end), _) if end <= now => State::Expired,
            (_, Some(_)) => State::Disabled,
            _ => State::Active,
        }
    }

    /// Somebody would notice if it went: it was used in the last seven days.
    pub fn is_in_use(&self, now: OffsetDateTime) -> bool {
        self.last_used_at.is_some_and(|at| now - at < Duration::days(7))
    }
}

/// A new key: the one moment at which its text exists.
#[derive(Debug)]
pub struct NewKey {
    pub id: KeyId,
    pub plain: PlainKey,
}

/// Keys of one project at most.
const MOST_KEYS: i64 = 500;

/// The key and its project, if the actor has the right.
pub async fn require(db: &mut PgConnection, actor: &Actor, id: KeyId, right: Right) -> Result<(Key, Project), Error> {
    let key = store::find(db, id).await?.ok_or_else(|| Problem::not_found("API key"))?;
    let project =
        projects::store::find_for(db, key.project, actor.user).await?.ok_or_else(|| Problem::not_found("API key"))?;
    right.check(project.role)?;
    Ok((key, project))
}
