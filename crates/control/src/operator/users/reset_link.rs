use crate::audit::Entry;
use crate::identity::links::{self, Purpose};
use crate::identity::sessions::parcel;
use crate::operator::require;
use crate::{Actor, Ctx, Error, identity};
use kernel::{Problem, UserId};
use secrecy::{ExposeSecret, SecretString};

/// The token of a link with which the user chooses a new password, to be handed over where no mail is sent; it works for an hour.
/// [`crate::mail::links::reset_password`] makes the whole link.
pub async fn reset_link(ctx: &Ctx, actor: &Actor, id: UserId) -> Result<SecretString, Error> {
    require(actor)?;
    let mut tx = ctx.db.begin().await?;
    if !identity::store::lock(&mut tx, id).await? {
        return Err(Problem::not_found("user").into());
    }
    let token = links::issue(ctx, &mut tx, id, Purpose::ResetPassword).await?;
    Entry { action: "user.reset_link", org: None, target: &id, before: None, after: None }
        .record(ctx, &mut tx, actor)
        .await?;
    parcel::put(ctx, &mut tx, actor, &id.to_string(), token.expose_secret()).await?;
    crate::commit(tx).await?;
    Ok(token)
}
