use super::store;
use crate::audit::Entry;
use crate::identity::confirm_password;
use crate::mail::{self, Notice};
use crate::{Actor, Ctx, Error};
use kernel::{Problem, UserId};
use secrecy::SecretString;
use sqlx::PgConnection;

/// Turns the second factor off and forgets the secret and the recovery codes.
pub async fn disable(ctx: &Ctx, actor: &Actor, password: SecretString) -> Result<(), Error> {
    confirm_password(ctx, actor, password, "password").await?;
    let mut tx = ctx.db.begin().await?;
    clear(ctx, &mut tx, actor, actor.user).await?;
    crate::commit(tx).await?;
    Ok(())
}

/// The same for any user, on behalf of `actor`. Nothing happens when there is nothing to turn off.
pub(crate) async fn clear(ctx: &Ctx, db: &mut PgConnection, actor: &Actor, user: UserId) -> Result<(), Error> {
    let account = crate::identity::store::user(db, user).await?.ok_or_else(|| Problem::not_found("account"))?;
    let Some(secret) = store::lock_secret(db, user).await? else { return Ok(()) };
    store::clear(db, user).await?;
    Entry { action: "second_factor.disable", org: None, target: &user, before: None, after: None }
        .record(ctx, db, actor)
        .await?;
    if secret.confirmed { mail::post(ctx, db, &account.email, &Notice::SecondFactorOff.into()).await } else { Ok(()) }
}
