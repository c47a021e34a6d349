use super::{MOST_KEYS, NewKey, PlainKey, State, require, store};
use crate::audit::Entry;
use crate::identity::sessions::parcel;
use crate::rights::Right;
use crate::{Actor, Ctx, Error, projects};
use kernel::{KeyId, Problem};
use serde_json::json;
use time::Duration;

/// How long the old key goes on working beside the new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overlap {
    None,
    Hour,
    Day,
    Week,
}

impl Overlap {
    pub const ALL: [Self; 4] = [Self::None, Self::Hour, Self::Day, Self::Week];

    /// The form's value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "0",
            Self::Hour => "1h",
            Self::Day => "24h",
            Self::Week => "7d",
        }
    }

    pub const fn duration(self) -> Duration {
        match self {
            Self::None => Duration::ZERO,
            Self::Hour => Duration::hours(1),
            Self::Day => Duration::days(1),
            Self::Week => Duration::days(7),
        }
    }
}

/// Makes a key of the same name, scope and rights, told as a created one is; the old one dies after the overlap, or earlier if it would have anyway.
pub async fn rotate(ctx: &Ctx, actor: &Actor, id: KeyId, overlap: &str) -> Result<NewKey, Error> {
    let overlap = Overlap::ALL.into_iter().find(|choice| choice.as_str() == overlap);
    let overlap = overlap
        .ok_or_else(|| Problem::field("overlap", "Choose how long the old key goes on working: 0, 1h, 24h or 7d."))?;
    let mut tx = ctx.db.begin().await?;
    let (_, project) = require(&mut tx, actor, id, Right::ManageKeys).await?;
    // One rotation of a key at a time; it is read again under the lock.
    projects::store::lock(&mut tx, project.id).await?;
    let (old, project) = require(&mut tx, actor, id, Right::ManageKeys).await?;
    if old.state(ctx.now()) != State::Active {
        return Err(Problem::conflict("Only an active key can be rotated. Create a new one instead.").into());
    }
    if old.rotated_at.is_some() {
        return Err(Problem::conflict("This key was rotated already. Rotate its successor instead.").into());
    }
    if store::count(&mut tx, project.id).await? >= MOST_KEYS {
        return Err(Problem::conflict(format!(
            "A project has at most {MOST_KEYS} API keys. Remove one that is no longer used."
        ))
        .into());
    }
    let (new_id, plain): (KeyId, _) = (ctx.new_id(), PlainKey::generate(&ctx.rng));
    let lifetime = old.expires_at.map(|end| end - old.created_at);
    let new = store::NewRow {
        id: new_id,
        project: project.id,
        resource: old.resource.as_ref().map(|(resource, _)| *resource),
        name: &old.name,
        hash: &plain.hashed(),
        visible: &plain.visible(),
        rights: old.rights,
        ranges: &old.allowed_ranges,
        created_by: actor.user,
        now: ctx.now(),
        expires_at: lifetime.map(|lifetime| ctx.now() + lifetime),
    };
    store::insert(&mut tx, new).await?;
    let end = ctx.now() + overlap.duration();
    store::set_rotated(&mut tx, id, ctx.now(), old.expires_at.map_or(end, |earlier| earlier.min(end))).await?;
    let after = json!({ "new_key": new_id, "overlap_hours": overlap.duration().whole_hours() });
    Entry { action: "api_key.rotate", org: Some(project.org), target: &id, before: None, after: Some(after) }
        .record(ctx, &mut tx, actor)
        .await?;
    parcel::put(ctx, &mut tx, actor, &new_id.to_string(), plain.expose()).await?;
    crate::commit(tx).await?;
    Ok(NewKey { id: new_id, plain })
}
