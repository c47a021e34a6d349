//! Choosing a new password with a mailed link, or one that an operator made.

use super::links::{self, Purpose};
use super::passwords::Password;
use super::throttle::{Network, Subject};
use super::{User, sessions, store, verify_email};
use crate::audit::Entry;
use crate::mail::{self, Letter, Notice};
use crate::{Actor, Ctx, Error, Origin};
use kernel::{Email, Problem};
use secrecy::SecretString;

/// Mails a link if there is an account of this address. The same answer, work and time for every address.
pub async fn request(ctx: &Ctx, origin: Origin, email: &str) -> Result<(), Error> {
    verify_email::request(ctx, origin, email, Letter::ResetPassword, "user.request_reset").await
}

/// Whose link this is, for the page that it opens. The link goes on working.
pub async fn look_up(ctx: &Ctx, origin: &Origin, token: &str) -> Result<Email, Error> {
    Ok(owner(ctx, origin, token).await?.email)
}

/// Sets the password of the link's account, ends all its sessions and every other link. It signs nobody in: a second factor is still asked for.
pub async fn complete(ctx: &Ctx, origin: Origin, token: &str, new: SecretString) -> Result<Email, Error> {
    let user = owner(ctx, &origin, token).await?;
    let password = Password::parse(&new, &[user.email.as_str(), user.name.as_str()])
        .map_err(|error| Problem::field("new_password", error))?;
    let hash = ctx.passwords.hash(password, &ctx.rng).await?;
    let mut tx = ctx.db.begin().await?;
    let id = links::take(ctx, &mut tx, token, Purpose::ResetPassword).await?;
    store::set_password(&mut tx, id, &hash, ctx.now()).await?;
    let after = verify_email::open(ctx, &mut tx, id).await?;
    store::mark_reset(&mut tx, id, Network::of(origin.address).range(), ctx.now()).await?;
    sessions::store::delete_all(&mut tx, id, None).await?;
    links::store::delete_of(&mut tx, id).await?;
    Entry { action: "user.reset_password", org: None, target: &id, before: None, after }
        .record(ctx, &mut tx, &Actor::fresh(id, origin))
        .await?;
    mail::post(ctx, &mut tx, &user.email, &Notice::PasswordChanged.into()).await?;
    crate::commit(tx).await?;
    Ok(user.email)
}

async fn owner(ctx: &Ctx, origin: &Origin, token: &str) -> Result<User, Error> {
    ctx.throttle.admit(ctx.now(), &[Subject::Address(Network::of(origin.address))])?;
    let mut db = ctx.db.acquire().await?;
    let id = links::find(ctx, &mut db, token, Purpose::ResetPassword).await?;
    Ok(store::user(&mut db, id).await?.ok_or_else(|| Problem::not_found("account"))?)
}
