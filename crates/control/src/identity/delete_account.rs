//! Leaving for good.

use super::{confirm_password, store};
use crate::audit::Entry;
use crate::mail::{self, Notice};
use crate::{Actor, Ctx, Error, orgs};
use kernel::{Problem, UserId};
use secrecy::SecretString;
use serde_json::json;
use sqlx::PgConnection;

/// Deletes the actor's account, its sessions, and the organizations that nobody else is in.
pub async fn delete_account(ctx: &Ctx, actor: &Actor, password: SecretString) -> Result<(), Error> {
    confirm_password(ctx, actor, password, "password").await?;
    let mut tx = ctx.db.begin().await?;
    delete(ctx, &mut tx, actor, actor.user).await?;
    crate::commit(tx).await?;
    Ok(())
}

/// Deletes a user on behalf of `actor`. Refused for the last operator and for the only owner of an organization that others are in.
pub(crate) async fn delete(ctx: &Ctx, db: &mut PgConnection, actor: &Actor, id: UserId) -> Result<(), Error> {
    let user = store::user(db, id).await?.ok_or_else(|| Problem::not_found("user"))?;
    // Organizations before the user, as everywhere: nobody joins, leaves or changes roles from here on, in any of them.
    let mut places = orgs::members::store::places_of(db, id).await?;
    for place in &places {
        orgs::store::lock(db, place.org).await?;
    }
    if store::lock_operators(db).await? == [id] {
        return Err(
            Problem::conflict("This is the last operator's account. Make somebody else an operator first.").into()
        );
    }
    store::lock(db, id).await?;
    let before: Vec<_> = places.iter().map(|place| place.org).collect();
    places = orgs::members::store::places_of(db, id).await?;
    if places.iter().any(|place| !before.contains(&place.org)) {
        return Err(Problem::conflict("The account has just joined another organization. Try again.").into());
    }
    let stuck: Vec<_> =
        places.iter().filter(|place| place.only_owner && place.others > 0).map(|place| place.name.as_str()).collect();
    if !stuck.is_empty() {
        return Err(Problem::conflict(format!(
            "This account is the only owner of {}, which others use. Make another member an owner, or delete the organization first.",
            stuck.join(", ")
        ))
        .into());
    }
    for place in places {
        if place.others == 0 {
            orgs::delete::remove(ctx, db, actor, place.org, &place.name).await?;
        } else {
            orgs::members::remove::take_out(ctx, db, actor, place.org, id, "member.leave").await?;
        }
    }
    store::delete(db, id).await?;
    let before = Some(json!({ "email": user.email, "name": user.name, "operator": user.operator }));
    Entry { action: "user.delete", org: None, target: &id, before, after: None }.record(ctx, db, actor).await?;
    mail::post(ctx, db, &user.email, &Notice::AccountDeleted.into()).await
}
