//! What a mailed link leads to: verifying an address, choosing a new password.

use super::request::{origin, server};
use super::{read, respond};
use crate::error::ConsoleError;
use crate::paths;
use control::identity::{reset_password, verify_email};
use kernel::Problem;
use leptos::server;

#[server(endpoint = "identity/request-reset")]
pub async fn request_reset(email: String) -> Result<(), ConsoleError> {
    let server = server()?;
    reset_password::request(&server.ctx, origin(), &email).await.map_err(control::Error::into_problem)?;
    respond::go(paths::CHECK_MAIL, "")
}

#[server(endpoint = "identity/reset-password")]
pub async fn complete_reset(token: String, new_password: String) -> Result<(), ConsoleError> {
    let server = server()?;
    reset_password::complete(&server.ctx, origin(), &token, new_password.into())
        .await
        .map_err(control::Error::into_problem)?;
    respond::go(paths::SIGN_IN, "Your password is changed. Sign in with it.")
}

#[server(endpoint = "identity/resend-verification")]
pub async fn resend_verification(email: String) -> Result<(), ConsoleError> {
    let server = server()?;
    verify_email::resend(&server.ctx, origin(), &email).await.map_err(control::Error::into_problem)?;
    respond::go(paths::CHECK_MAIL, "")
}

#[server(endpoint = "identity/verify-email")]
pub async fn post_verify_email(token: String, password: String) -> Result<(), ConsoleError> {
    let server = server()?;
    verify_email::verify(&server.ctx, origin(), &token, password.into()).await.map_err(control::Error::into_problem)?;
    respond::go(paths::SIGN_IN, "Your address is verified. Sign in.")
}

/// Whose password a link resets.
pub async fn reset_owner(token: &str) -> Result<String, Problem> {
    let server = server()?;
    Ok(read(reset_password::look_up(&server.ctx, &origin(), token)).await?.to_string())
}

/// Whether this server sends mail.
pub fn sends_mail() -> bool {
    server().is_ok_and(|server| server.ctx.rules.mail)
}
