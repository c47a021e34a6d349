//! Proving that one reads the mail of an address.

use super::links::{self, Purpose};
use super::passwords::Verdict;
use super::store;
use super::throttle::{Network, Subject};
use crate::audit::Entry;
use crate::mail::{self, Letter};
use crate::{Actor, Ctx, Error, Origin};
use kernel::{Email, Problem, UserId};
use secrecy::SecretString;
use serde_json::{Value, json};
use sqlx::PgConnection;

/// Opens the account that the link belongs to and answers its address, for the sign-in form.
///
/// The link's reader may not be who signed up last: it asks for the password that was chosen then, or it would open the account for somebody else. A
/// wrong password leaves the link as it is. It signs nobody in.
pub async fn verify(ctx: &Ctx, origin: Origin, token: &str, password: SecretString) -> Result<Email, Error> {
    let network = Network::of(origin.address);
    ctx.throttle.admit(ctx.now(), &[Subject::Address(network)])?;
    let (user, stored) = {
        let mut db = ctx.db.acquire().await?;
        let id = links::find(ctx, &mut db, token, Purpose::VerifyEmail).await?;
        let user = store::user(&mut db, id).await?.ok_or_else(|| Problem::not_found("account"))?;
        (user, store::password_hash(&mut db, id).await?.ok_or_else(|| Problem::not_found("account"))?)
    };
    ctx.throttle.admit(ctx.now(), &[Subject::Account(user.email.to_string(), network)])?;
    if ctx.passwords.verify(password, Some(stored.clone())).await? == Verdict::Wrong {
        return Err(wrong());
    }
    let mut tx = ctx.db.begin().await?;
    let id = user.id;
    if !store::lock_with_password(&mut tx, id, &stored).await? {
        return Err(wrong());
    }
    links::take(ctx, &mut tx, token, Purpose::VerifyEmail).await?;
    let after = open(ctx, &mut tx, id).await?;
    Entry { action: "user.verify_email", org: None, target: &id, before: None, after }
        .record(ctx, &mut tx, &Actor::fresh(id, origin))
        .await?;
    crate::commit(tx).await?;
    Ok(user.email)
}

/// Opens the account of an address that is proven; the first becomes the operator's. Answers what the audit has to say of it.
pub(super) async fn open(ctx: &Ctx, db: &mut PgConnection, id: UserId) -> Result<Option<Value>, Error> {
    store::mark_verified(db, id, ctx.now()).await?;
    if !store::claim_operator(db, ctx.now()).await? {
        return Ok(None);
    }
    store::set_operator(db, id, true).await?;
    Ok(Some(json!({ "operator": true })))
}

fn wrong() -> Error {
    let detail = "This is not the password of the latest sign-up with this address. If you do not know it, choose a new one by \"Forgot password?\".";
    Problem::field("password", detail).into()
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
    crate::commit(tx).await?;
    Ok(())
}
