//! The second factor: codes of an authenticator app (TOTP), and recovery codes for the day the phone is gone.

pub mod disable;
pub mod enroll;
pub mod recovery;
pub mod store;
mod totp;
pub mod verify;

use crate::{Actor, Ctx, Error};
use kernel::{Problem, UserId};
use secrecy::SecretString;
use time::OffsetDateTime;

/// What the account page shows of the second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// Since when sign-in asks for a code; none while it does not.
    pub enabled_since: Option<OffsetDateTime>,
    pub recovery_codes_left: u32,
}

/// What an authenticator app is given. Face and page show it and keep it nowhere.
#[derive(Debug)]
pub struct Enrollment {
    /// In base 32, for typing.
    pub secret: SecretString,
    /// `otpauth://totp/…`, for a QR code.
    pub url: SecretString,
}

/// Whether the actor's account has a second factor.
pub async fn status(ctx: &Ctx, actor: &Actor) -> Result<Status, Error> {
    let mut db = ctx.db.acquire().await?;
    store::status(&mut db, actor.user).await?.ok_or_else(|| Problem::not_found("account").into())
}

/// What the vault authenticates beside a user's secret.
pub(crate) fn purpose(user: UserId) -> String {
    format!("user_account.totp_secret:{user}")
}
