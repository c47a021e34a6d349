//! What people see of a resource's Pulse: how capture goes, and the last events.

mod store;

use crate::gateways::NodeId;
use crate::identity::throttle::Subject;
use crate::resources::{self, purpose};
use crate::rights::Right;
use crate::{Actor, Ctx, Error, projects};
use kernel::{ProjectId, ResourceId};
use secrecy::SecretString;
use time::OffsetDateTime;

/// The last events that are shown at once.
const MOST: i32 = 20;

/// How capture goes, as far as the control plane knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// The server that holds the lease, and its region while it lives.
    pub node: Option<(NodeId, Option<String>)>,
    /// Events of the last minute.
    pub last_minute: u64,
    /// When the last event came that is still kept.
    pub last_event_at: Option<OffsetDateTime>,
    /// Something of an earlier time is to be removed from the database first.
    pub is_cleaned: bool,
}

/// An event as the journal has it: see the crate `pulse` for what the bytes say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenEvent {
    pub id: String,
    /// `I`, `U`, `D` or `T`.
    pub action: String,
    /// The table as it was.
    pub table: Vec<u8>,
    /// None where it is too large to be shown.
    pub change: Option<Vec<u8>>,
    pub arrived_at: OffsetDateTime,
}

pub async fn activity(ctx: &Ctx, actor: &Actor, id: ResourceId) -> Result<Activity, Error> {
    let mut db = ctx.db.acquire().await?;
    resources::require(&mut db, actor, id, Right::View).await?;
    store::activity(&mut db, id).await
}

/// The last events behind `after`, the newest first. They hold rows of the customer's database, so they are for those who may use its connection string.
pub async fn latest(ctx: &Ctx, actor: &Actor, id: ResourceId, after: &str) -> Result<Vec<SeenEvent>, Error> {
    let mut db = ctx.db.acquire().await?;
    resources::require(&mut db, actor, id, Right::ManageResource).await?;
    store::latest(&mut db, id, after, MOST).await
}

/// Where the database is, for a look at it on the actor's behalf; none where no connection string is stored.
pub async fn target(ctx: &Ctx, actor: &Actor, id: ResourceId) -> Result<Option<SecretString>, Error> {
    let mut db = ctx.db.acquire().await?;
    resources::require(&mut db, actor, id, Right::ManageResource).await?;
    let Some(sealed) = resources::store::connection(&mut db, id).await? else { return Ok(None) };
    ctx.throttle.admit(ctx.now(), &[Subject::Measurement(actor.user)])?;
    ctx.vault.open(&purpose(id), &sealed).map(Some)
}

/// The resources of a project that have Pulse, and whether capture is paused.
pub async fn of_project(ctx: &Ctx, actor: &Actor, project: ProjectId) -> Result<Vec<(ResourceId, bool)>, Error> {
    let mut db = ctx.db.acquire().await?;
    projects::require(&mut db, actor, project, Right::View).await?;
    store::of_project(&mut db, project).await
}
