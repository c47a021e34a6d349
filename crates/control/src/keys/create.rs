use super::{MOST_KEYS, NewKey, PlainKey, ranges, store};
use crate::audit::Entry;
use crate::identity::sessions::parcel;
use crate::rights::Right;
use crate::{Actor, Ctx, Error, projects, resources};
use kernel::key::Rights;
use kernel::problem::Fields;
use kernel::{KeyId, Name, Problem, ProjectId, ResourceId};
use serde_json::json;
use time::{Duration, OffsetDateTime};

/// What the form asks.
#[derive(Debug)]
pub struct CreateKeyInput {
    pub name: String,
    /// One resource of the project, or none for the project's default.
    pub resource: Option<ResourceId>,
    /// `full` or `read_only`.
    pub rights: String,
    /// Days until it ends; empty for never.
    pub expires_in_days: String,
    /// Address ranges, divided by white space; empty for any.
    pub allowed_ranges: String,
}

/// Makes a key. Its text is in the answer and in the actor's [`parcel`] of the key's id, and nowhere else.
pub async fn create(ctx: &Ctx, actor: &Actor, project: ProjectId, input: CreateKeyInput) -> Result<NewKey, Error> {
    let mut tx = ctx.db.begin().await?;
    let project = projects::require(&mut tx, actor, project, Right::ManageKeys).await?;
    let mut fields = Fields::default();
    let name = fields.check("name", input.name.parse::<Name>());
    let rights = fields.check("rights", input.rights.parse::<Rights>());
    let expires_at = fields.check("expires_in_days", expiry(&input.expires_in_days, ctx.now()));
    let ranges = fields.check("allowed_ranges", ranges::parse(&input.allowed_ranges));
    fields.done()?;
    let (Some(name), Some(rights), Some(expires_at), Some(ranges)) = (name, rights, expires_at, ranges) else {
        return Err(Problem::internal().into());
    };
    if let Some(resource) = input.resource {
        let found = resources::store::find(&mut tx, resource).await?;
        found.filter(|found| found.project == project.id).ok_or_else(|| Problem::not_found("resource"))?;
    }
    projects::store::lock(&mut tx, project.id).await?;
    if store::count(&mut tx, project.id).await? >= MOST_KEYS {
        return Err(Problem::conflict(format!(
            "A project has at most {MOST_KEYS} API keys. Remove one that is no longer used."
        ))
        .into());
    }
    let (id, plain): (KeyId, _) = (ctx.new_id(), PlainKey::generate(&ctx.rng));
    let new = store::NewRow {
        id,
        project: project.id,
        resource: input.resource,
        name: &name,
        hash: &plain.hashed(),
        visible: &plain.visible(),
        rights,
        ranges: &ranges,
        created_by: actor.user,
        now: ctx.now(),
        expires_at,
    };
    store::insert(&mut tx, new).await?;
    let after = json!({ "name": name, "project": project.id, "resource": input.resource, "rights": rights, "allowed_ranges": ranges });
    Entry { action: "api_key.create", org: Some(project.org), target: &id, before: None, after: Some(after) }
        .record(ctx, &mut tx, actor)
        .await?;
    parcel::put(ctx, &mut tx, actor, &id.to_string(), plain.expose()).await?;
    crate::commit(tx).await?;
    Ok(NewKey { id, plain })
}

/// Nothing for never, else whole days from now, up to ten years.
pub(super) fn expiry(days: &str, now: OffsetDateTime) -> Result<Option<OffsetDateTime>, &'static str> {
    match days.trim() {
        "" => Ok(None),
        text => match text.parse::<i64>() {
            Ok(days @ 1..=3650) => Ok(Some(now + Duration::days(days))),
            _ => Err("Choose from 1 to 3650 days, or never."),
        },
    }
}
