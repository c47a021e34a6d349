//! From the outbox to the mail server.

use super::{Letter, Mailer, Message, SendError, links, purpose, store, templates};
use crate::identity::links::{Purpose, issue};
use crate::identity::store::{is_verified, user_by_email};
use crate::{Ctx, Error};
use kernel::Email;
use secrecy::ExposeSecret;
use sqlx::PgConnection;
use std::time::Duration;

/// Letters of one call at most.
const BATCH: usize = 100;
/// Tries of one letter, over about a day.
const MOST_ATTEMPTS: i32 = 8;
/// Shorter than the first pause between tries: a letter in a slow server's hands is not sent twice.
const PATIENCE: Duration = Duration::from_secs(45);

/// What became of the letters of one call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivered {
    pub sent: u32,
    /// Nobody there to write to: an unknown address asked for a link.
    pub dropped: u32,
    /// To be tried again later.
    pub put_off: u32,
    pub given_up: u32,
    /// Sealed under another master key; they stay.
    pub unreadable: u32,
}

/// Sends the letters that are due. A worker calls it every second or so; several may at once.
pub async fn deliver_due(ctx: &Ctx, mailer: &impl Mailer) -> Result<Delivered, Error> {
    let mut total = Delivered::default();
    for _ in 0..BATCH {
        let mut db = ctx.db.acquire().await?;
        let Some(due) = store::claim(&mut db, ctx.now()).await? else { break };
        let message = match open(ctx, &due) {
            Ok(letter) => compose(ctx, &mut db, &due.to, letter).await?,
            Err(error) => {
                // It stays: whoever has the key that it was sealed under may still send it. The log hears of it once.
                if due.attempts <= MOST_ATTEMPTS {
                    tracing::error!(mail.id = %due.id, error = %error, "a letter cannot be read; it is left in the outbox");
                    store::set_attempts(&mut db, due.id, MOST_ATTEMPTS).await?;
                }
                total.unreadable += 1;
                continue;
            }
        };
        // The connection goes back while the mail server thinks.
        drop(db);
        let Some(message) = message else {
            store::delete(&mut *ctx.db.acquire().await?, due.id).await?;
            total.dropped += 1;
            continue;
        };
        let outcome = match tokio::time::timeout(PATIENCE, mailer.send(&message)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(SendError::Passing("the mail server did not answer in time".into())),
        };
        match outcome {
            Ok(()) => total.sent += 1,
            Err(SendError::Passing(cause)) if due.attempts < MOST_ATTEMPTS => {
                tracing::warn!(mail.id = %due.id, mail.attempts = due.attempts, cause, "a letter was not taken; it is tried again later");
                total.put_off += 1;
                continue;
            }
            Err(error) => {
                tracing::error!(mail.id = %due.id, mail.attempts = due.attempts, error = %error, "a letter is given up");
                total.given_up += 1;
            }
        }
        store::delete(&mut *ctx.db.acquire().await?, due.id).await?;
    }
    Ok(total)
}

fn open(ctx: &Ctx, due: &store::Due) -> Result<Letter, Error> {
    let plain = ctx.vault.open(&purpose(due.id), &due.sealed)?;
    serde_json::from_str(plain.expose_secret()).map_err(|_| Error::inconsistent("outgoing_mail", "letter", due.id))
}

/// The message of a letter; `None` when the address has no account that it is for.
async fn compose(ctx: &Ctx, db: &mut PgConnection, to: &Email, letter: Letter) -> Result<Option<Message>, Error> {
    let url = &ctx.rules.public_url;
    let content = match letter {
        Letter::VerifyEmail => {
            let Some(user) = user_by_email(db, to).await? else { return Ok(None) };
            if is_verified(db, user.id).await? {
                return Ok(None);
            }
            let token = issue(ctx, db, user.id, Purpose::VerifyEmail).await?;
            templates::verify_email(&user.name, &links::verify_email(url, token.expose_secret()))
        }
        Letter::AlreadyRegistered => {
            let Some(user) = user_by_email(db, to).await? else { return Ok(None) };
            templates::already_registered(&user.name, &links::sign_in(url))
        }
        Letter::ResetPassword => {
            let Some(user) = user_by_email(db, to).await? else { return Ok(None) };
            let token = issue(ctx, db, user.id, Purpose::ResetPassword).await?;
            templates::reset_password(&user.name, &links::reset_password(url, token.expose_secret()))
        }
        Letter::Invitation { org, role, inviter, token, expires_at } => {
            templates::invitation(&org, role, &inviter, expires_at, &links::invitation(url, &token))
        }
        Letter::Notice { notice } => templates::notice(notice, to, &links::sign_in(url)),
    };
    Ok(Some(content.to(to.clone())))
}
