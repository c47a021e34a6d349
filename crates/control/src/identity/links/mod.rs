//! Links that are mailed, or handed over by an operator: whoever holds one reads the mail of the address, or speaks for the operator.
//!
//! A link holds 256 random bits of which only the SHA-256 is stored; it works once, for a while.

pub mod store;

use super::hash_token;
use crate::{Ctx, Error};
use kernel::{Problem, UserId};
use secrecy::{ExposeSecret, SecretString};
use sqlx::PgConnection;
use time::Duration;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    VerifyEmail,
    ResetPassword,
}

impl Purpose {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::ResetPassword => "reset_password",
        }
    }

    /// How long the link works.
    pub const fn life(self) -> Duration {
        match self {
            Self::VerifyEmail => Duration::days(1),
            Self::ResetPassword => Duration::hours(1),
        }
    }
}

/// Makes a link's token; earlier links of the user go on working until they end.
pub(crate) async fn issue(
    ctx: &Ctx,
    db: &mut PgConnection,
    user: UserId,
    purpose: Purpose,
) -> Result<SecretString, Error> {
    let token = SecretString::from(ctx.rng.token());
    let now = ctx.now();
    store::insert(db, &hash_token(token.expose_secret()), user, purpose, now, now + purpose.life()).await?;
    Ok(token)
}

/// Whose live link this is. It goes on working.
pub(crate) async fn find(ctx: &Ctx, db: &mut PgConnection, token: &str, purpose: Purpose) -> Result<UserId, Error> {
    store::find(db, &hash_token(token), purpose, ctx.now()).await?.ok_or_else(dead)
}

/// Whose live link this was: it works for one caller.
pub(crate) async fn take(ctx: &Ctx, db: &mut PgConnection, token: &str, purpose: Purpose) -> Result<UserId, Error> {
    store::take(db, &hash_token(token), purpose, ctx.now()).await?.ok_or_else(dead)
}

/// Removes links that have ended; a worker calls it now and then.
pub async fn delete_expired(ctx: &Ctx) -> Result<u64, Error> {
    let mut db = ctx.db.acquire().await?;
    store::delete_expired(&mut db, ctx.now()).await
}

fn dead() -> Error {
    let detail = "This link is out of date or was used already. Ask for another one.";
    Problem { detail: detail.into(), ..Problem::not_found("link") }.into()
}
