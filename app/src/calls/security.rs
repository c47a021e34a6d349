//! The second factor, and the end of an account.

use super::identity::start_session;
use super::request::{self, actor, is_prefetch, origin, server, signed_in};
use super::{read, respond, take};
use crate::error::ConsoleError;
use crate::model::security::{Enrollment, SecondFactor};
use crate::paths;
use control::identity::sign_in::Proof;
use control::identity::{delete_account, rename, second_factor, sessions};
use kernel::{Problem, SessionId};
use leptos::server;
use secrecy::ExposeSecret;

/// The second step of signing in.
#[server(endpoint = "identity/second-factor")]
pub async fn post_second_factor(code: String, #[server(default)] next: String) -> Result<(), ConsoleError> {
    let server = server()?;
    let proof = asked().await?;
    second_factor::verify::verify(&server.ctx, origin(), proof, &code).await.map_err(control::Error::into_problem)?;
    // The code is used up.
    let again = "The code was right, but the session could not be started. Sign in again, with the next code.";
    start_session(proof).await.map_err(|_| Problem::unsure(again))?;
    respond::go(paths::own(&next).unwrap_or(paths::HOME), "")
}

/// What the session waits for a code to be added to.
async fn asked() -> Result<Proof, Problem> {
    let session = request::session()?;
    let proof = session.get::<Proof>(super::identity::ASKED).await.ok().flatten();
    let until = session.get::<i64>(super::identity::ASKED_UNTIL).await.ok().flatten().unwrap_or_default();
    let now = server()?.ctx.now().unix_timestamp();
    proof
        .filter(|_| now < until)
        .ok_or_else(|| Problem::new(kernel::ProblemCode::Unauthenticated, "Sign in with your password first."))
}

#[server(endpoint = "account/rename")]
pub async fn rename_account(name: String) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    rename::rename(&server.ctx, &actor, &name).await.map_err(control::Error::into_problem)?;
    respond::go(paths::ACCOUNT, "Your name is changed.")
}

#[server(endpoint = "account/delete")]
pub async fn delete_own_account(password: String) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    delete_account::delete_account(&server.ctx, &actor, password.into()).await.map_err(control::Error::into_problem)?;
    respond::go(paths::SIGN_IN, "Your account is deleted.")
}

#[server(endpoint = "account/end-session")]
pub async fn end_session(session: SessionId) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    sessions::end(&server.ctx, &actor, session).await.map_err(control::Error::into_problem)?;
    respond::go(paths::ACCOUNT_SECURITY, "The session was signed out.")
}

#[server(endpoint = "account/enroll-second-factor")]
pub async fn enroll_second_factor(password: String) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    second_factor::enroll::enroll(&server.ctx, &actor, password.into()).await.map_err(control::Error::into_problem)?;
    respond::go(paths::ACCOUNT_SECOND_FACTOR, "")
}

#[server(endpoint = "account/confirm-second-factor")]
pub async fn confirm_second_factor(code: String) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    second_factor::enroll::confirm(&server.ctx, &actor, &code).await.map_err(control::Error::into_problem)?;
    show_codes()
}

#[server(endpoint = "account/renew-recovery-codes")]
pub async fn renew_recovery_codes(password: String) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    second_factor::recovery::regenerate(&server.ctx, &actor, password.into())
        .await
        .map_err(control::Error::into_problem)?;
    show_codes()
}

#[server(endpoint = "account/disable-second-factor")]
pub async fn disable_second_factor(password: String) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    second_factor::disable::disable(&server.ctx, &actor, password.into())
        .await
        .map_err(control::Error::into_problem)?;
    respond::go(paths::ACCOUNT_SECURITY, "Signing in asks for the password alone now.")
}

/// The page takes the codes out of the session's parcel.
fn show_codes() -> Result<(), ConsoleError> {
    respond::go(paths::with_query(paths::ACCOUNT_SECURITY, "codes", "new"), "")
}

/// New recovery codes, once, one a line.
pub async fn take_codes(asked: bool) -> Result<Option<String>, Problem> {
    if !asked || is_prefetch() {
        return Ok(None);
    }
    let (server, signed) = signed_in()?;
    let codes = take(sessions::parcel::take(&server.ctx, &signed.actor, second_factor::recovery::PARCEL)).await?;
    Ok(codes.map(|codes| codes.expose_secret().to_owned()))
}

pub async fn second_factor_status() -> Result<SecondFactor, Problem> {
    let (server, signed) = signed_in()?;
    let status = read(second_factor::status(&server.ctx, &signed.actor)).await?;
    Ok(SecondFactor { enabled_since: status.enabled_since, recovery_codes_left: status.recovery_codes_left })
}

/// What the authenticator app is to be given, between the password and the first code.
pub async fn pending_enrollment() -> Result<Option<Enrollment>, Problem> {
    let (server, signed) = signed_in()?;
    let pending = read(second_factor::enroll::pending(&server.ctx, &signed.actor)).await?;
    pending
        .map(|enrollment| {
            let code = qrcode::QrCode::new(enrollment.url.expose_secret()).map_err(|_| Problem::internal())?;
            let qr = code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(192, 192).build();
            Ok(Enrollment { secret: enrollment.secret.expose_secret().to_owned(), qr })
        })
        .transpose()
}
