//! Signing up, in and out; the account.

use super::request::{self, Server, actor, origin, server, signed_in};
use super::{read, respond};
use crate::error::ConsoleError;
use crate::model::place::{SessionRow, Viewer};
use crate::model::theme::Theme;
use crate::paths;
use control::identity::change_password::ChangePasswordInput;
use control::identity::sign_in::{Proof, SignIn, SignInInput};
use control::identity::sign_up::{Policy, SignUp, SignUpInput};
use control::identity::{self, device, sessions};
use control::operator::settings;
use kernel::{Problem, UserId};
use leptos::server;

/// Where a session keeps the proof that a second factor is still to be added to.
pub(super) const ASKED: &str = "second_factor_of";
/// And until when, in seconds since 1970.
pub(super) const ASKED_UNTIL: &str = "second_factor_until";
/// How long a right password may wait for its code.
const CODE_PATIENCE: time::Duration = time::Duration::minutes(10);

/// Makes an account and signs it in.
#[server(endpoint = "identity/sign-up")]
pub async fn post_sign_up(
    name: String,
    email: String,
    password: String,
    #[server(default)] next: String,
) -> Result<(), ConsoleError> {
    let server = server()?;
    let input = SignUpInput { name, email, password: password.into() };
    match identity::sign_up::sign_up(&server.ctx, policy(&server).await?, origin(), input)
        .await
        .map_err(control::Error::into_problem)?
    {
        SignUp::SignedIn(proof) => {
            start_session(proof).await.map_err(|_| Problem::unsure("Your account is made. Sign in to it."))?;
            respond::go(after_sign_in(&next), "")
        }
        SignUp::CheckMail => respond::go(paths::CHECK_MAIL, ""),
    }
}

#[server(endpoint = "identity/sign-in")]
pub async fn post_sign_in(
    email: String,
    password: String,
    #[server(default)] next: String,
) -> Result<(), ConsoleError> {
    let server = server()?;
    let device = request::cookie(device_cookie(server.is_https()));
    let input = SignInInput { email, password: password.into(), device };
    match identity::sign_in::sign_in(&server.ctx, origin(), input).await.map_err(control::Error::into_problem)? {
        SignIn::Done(proof) => {
            start_session(proof).await?;
            respond::go(after_sign_in(&next), "")
        }
        SignIn::SecondFactor(proof) => {
            ask_second_factor(proof).await?;
            respond::go(paths::with_query(paths::SECOND_FACTOR, "next", &after_sign_in(&next)), "")
        }
    }
}

#[server(endpoint = "identity/sign-out")]
pub async fn sign_out() -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    sessions::sign_out(&server.ctx, &actor).await.map_err(control::Error::into_problem)?;
    request::session()?
        .flush()
        .await
        .map_err(|_| Problem::unavailable("Signing out did not work. Try again in a moment."))?;
    respond::go(paths::SIGN_IN, "You are signed out.")
}

#[server(endpoint = "identity/change-password")]
pub async fn change_password(current_password: String, new_password: String) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    let input = ChangePasswordInput { current: current_password.into(), new: new_password.into() };
    identity::change_password::change_password(&server.ctx, &actor, input)
        .await
        .map_err(control::Error::into_problem)?;
    respond::go(paths::ACCOUNT_SECURITY, "Your password is changed. Every other session was signed out.")
}

#[server(endpoint = "identity/end-other-sessions")]
pub async fn end_other_sessions() -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    sessions::end_others(&server.ctx, &actor).await.map_err(control::Error::into_problem)?;
    respond::go(paths::ACCOUNT_SECURITY, "You are signed out everywhere else.")
}

/// Remembers the choice of a visitor whose browser runs no script; with one the page does it by itself.
#[server(endpoint = "theme")]
pub async fn set_theme(theme: String) -> Result<(), ConsoleError> {
    let theme = Theme::from_cookie(&theme);
    respond::set_cookie(&theme.set_cookie(server()?.is_https()));
    respond::back("")
}

/// The password was right: until the second factor is too, the session holds nothing but the question.
async fn ask_second_factor(proof: Proof) -> Result<(), Problem> {
    let session = request::session()?;
    session.clear().await;
    session.cycle_id().await.map_err(outage)?;
    session.insert(ASKED, proof).await.map_err(outage)?;
    let until = server()?.ctx.now() + CODE_PATIENCE;
    session.insert(ASKED_UNTIL, until.unix_timestamp()).await.map_err(outage)?;
    session.save().await.map_err(outage)
}

fn outage(_: tower_sessions::session::Error) -> Problem {
    Problem::unavailable("The session could not be started. Try again in a moment.")
}

/// The name of the cookie by which a browser is known that signed in before; with https it is bound to this host and to TLS.
const fn device_cookie(https: bool) -> &'static str {
    if https { "__Host-device" } else { "device" }
}

/// Has the browser remember that somebody signed in with it.
fn remember_device(server: &Server, user: UserId) -> Result<(), Problem> {
    let value = device::remember(&server.ctx, user).map_err(control::Error::into_problem)?;
    let (name, age) = (device_cookie(server.is_https()), device::LIFETIME.whole_seconds());
    let secure = if server.is_https() { "; Secure" } else { "" };
    respond::set_cookie(&format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}"));
    Ok(())
}

/// A new session under a new id: whatever cookie the browser had before opens nothing now.
pub(super) async fn start_session(proof: Proof) -> Result<(), Problem> {
    let session = request::session()?;
    let origin = origin();
    session.clear().await;
    session.cycle_id().await.map_err(outage)?;
    session.insert("user", proof.user).await.map_err(outage)?;
    session.insert("password_changed_at", proof.password_changed_at).await.map_err(outage)?;
    session.insert("address", origin.address).await.map_err(outage)?;
    session
        .insert("user_agent", origin.user_agent.map(|text| text.chars().take(300).collect::<String>()))
        .await
        .map_err(outage)?;
    session.save().await.map_err(outage)?;
    remember_device(&server()?, proof.user)
}

fn after_sign_in(next: &str) -> String {
    paths::own(next).unwrap_or(paths::HOME).to_owned()
}

/// Who may sign up now.
async fn policy(server: &Server) -> Result<Policy, Problem> {
    Ok(read(settings::load(&server.ctx)).await?.sign_up)
}

/// Whether people reach the console by https.
pub fn over_https() -> bool {
    server().is_ok_and(|server| server.is_https())
}

/// Whether passwords and keys cross the network in the clear, because the operator accepts it.
pub fn insecure_http() -> bool {
    server().is_ok_and(|server| server.insecure_http)
}

/// Who is signed in.
pub fn viewer() -> Result<Viewer, Problem> {
    let (_, signed) = signed_in()?;
    Ok(Viewer {
        name: signed.user.name.to_string(),
        email: signed.user.email.to_string(),
        operator: signed.user.operator,
    })
}

/// The viewer's live sessions.
pub async fn session_rows() -> Result<Vec<SessionRow>, Problem> {
    let (server, signed) = signed_in()?;
    let rows = read(sessions::list(&server.ctx, &signed.actor)).await?;
    let row = |session: sessions::Session| SessionRow {
        id: session.id,
        address: session.address,
        user_agent: session.user_agent,
        created_at: session.created_at,
        last_seen_at: session.last_seen_at,
        current: session.current,
    };
    Ok(rows.into_iter().map(row).collect())
}
