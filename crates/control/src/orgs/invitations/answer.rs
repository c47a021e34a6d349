//! What an invited person does.

use super::look_up::dead;
use super::{Invitation, store};
use crate::audit::Entry;
use crate::identity::{self, hash_token};
use crate::orgs::{self, members};
use crate::{Actor, Ctx, Error};
use kernel::{OrgId, Problem};
use serde_json::json;
use sqlx::PgConnection;

/// Makes the actor a member and answers of what. The invitation must be to the actor's own address.
pub async fn accept(ctx: &Ctx, actor: &Actor, token: &str) -> Result<OrgId, Error> {
    let mut tx = ctx.db.begin().await?;
    let invitation = take(ctx, &mut tx, actor, token).await?;
    let (org, role) = (invitation.org, invitation.role);
    if orgs::store::role_of(&mut tx, org, actor.user).await?.is_some() {
        return Err(Problem::conflict("You are a member of this organization already.").into());
    }
    members::store::insert(&mut tx, org, actor.user, role, ctx.now()).await?;
    let after = Some(json!({ "user": actor.user, "role": role }));
    Entry { action: "invitation.accept", org: Some(org), target: &invitation.id, before: None, after }
        .record(ctx, &mut tx, actor)
        .await?;
    crate::commit(tx).await?;
    Ok(org)
}

/// Says no; the link stops working.
pub async fn decline(ctx: &Ctx, actor: &Actor, token: &str) -> Result<(), Error> {
    let mut tx = ctx.db.begin().await?;
    let invitation = take(ctx, &mut tx, actor, token).await?;
    Entry {
        action: "invitation.decline",
        org: Some(invitation.org),
        target: &invitation.id,
        before: None,
        after: None,
    }
    .record(ctx, &mut tx, actor)
    .await?;
    crate::commit(tx).await?;
    Ok(())
}

/// The invitation, deleted, with the organization's row held: one answer counts.
async fn take(ctx: &Ctx, db: &mut PgConnection, actor: &Actor, token: &str) -> Result<Invitation, Error> {
    let hash = hash_token(token);
    let user = identity::store::user(db, actor.user).await?.ok_or_else(Problem::unauthenticated)?;
    let invitation = store::find_by_token(db, &hash, ctx.now()).await?.ok_or_else(dead)?;
    if invitation.email != user.email {
        return Err(Problem::forbidden(format!(
            "This invitation is for {}, and you are signed in as {}. Sign in with the invited address.",
            invitation.email, user.email
        ))
        .into());
    }
    orgs::store::lock(db, invitation.org).await?;
    let invitation = store::find_by_token(db, &hash, ctx.now()).await?.ok_or_else(dead)?;
    store::delete(db, invitation.id).await?;
    Ok(invitation)
}
