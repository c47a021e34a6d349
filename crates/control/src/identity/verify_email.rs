//! Proving that one reads the mail of an address.

use super::links::{self, Purpose};
use super::store;
use super::throttle::{Network, Subject};
use crate::audit::Entry;
use crate::mail::{self, Letter};
use crate::{Actor, Ctx, Error, Origin};
use kernel::{Email, Problem};

/// Opens the account that the link belongs to and answers its address, for the sign-in form. The link signs nobody in: its reader may not be who
/// chose the password.
pub async fn verify(ctx: &Ctx, origin: Origin, token: &str) -> Result<Email, Error> {
    ctx.throttle.admit(ctx.now(), &[Subject::Address(Network::of(origin.address))])?;
    let mut tx = ctx.db.begin().await?;
    let id = links::take(ctx, &mut tx, token, Purpose::VerifyEmail).await?;
    let user = store::user(&mut tx, id).await?.ok_or_else(|| Problem::not_found("account"))?;
    store::mark_verified(&mut tx, id, ctx.now()).await?;
    Entry { action: "user.verify_email", org: None, target: &id, before: None, after: None }
        .record(ctx, &mut tx, &Actor::fresh(id, origin))
        .await?;
    tx.commit().await?;
    Ok(user.email)
}

/// Sends the link again if an account of this address waits for it. The same answer, work and time for every address.
pub async fn resend(ctx: &Ctx, origin: Origin, email: &str) -> Result<(), Error> {
    request(ctx, origin, email, Letter::VerifyEmail, "user.request_verification").await
}

/// Posts a letter that anybody may ask for, to anybody: whether the address is known is looked at when the letter goes out.
pub(super) async fn request(
    ctx: &Ctx,
    origin: Origin,
    email: &str,
    letter: Letter,
    action: &'static str,
) -> Result<(), Error> {
    let email = email.parse::<Email>().map_err(|error| Problem::field("email", error))?;
    if !ctx.rules.mail {
        return Err(Problem::conflict("This server sends no mail. Ask its operator for a link.").into());
    }
    let network = Network::of(origin.address);
    ctx.throttle.admit(ctx.now(), &[Subject::Address(network), Subject::MailRequest(email.to_string(), network)])?;
    let mut tx = ctx.db.begin().await?;
    mail::post_for_stranger(ctx, &mut tx, &email, &letter).await?;
    Entry { action, org: None, target: &email, before: None, after: None }
        .record(ctx, &mut tx, &Actor::stranger(origin))
        .await?;
    tx.commit().await?;
    Ok(())
}
