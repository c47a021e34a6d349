//! Sessions: the cookie, its store, and who is behind it.

mod store;

use app::calls::{Deadline, Server, Signed};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use control::{Ctx, Origin, identity};
use http::Method;
use kernel::SessionId;
use std::time::Instant;
use store::ControlStore;
use time::Duration;
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, Session, SessionManagerLayer};

/// The session's cookie. With https the name binds it to this host and to TLS.
pub fn layer(ctx: &Ctx, secure: bool) -> SessionManagerLayer<ControlStore> {
    let name = if secure { "__Host-session" } else { "session" };
    let lifetime = Duration::seconds(ctx.rules.session_absolute.whole_seconds());
    SessionManagerLayer::new(ControlStore(ctx.clone()))
        .with_name(name)
        .with_secure(secure)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(lifetime))
}

/// The session could not be read: the database does not answer.
#[derive(Debug, Clone, Copy)]
pub struct Outage;

/// Adds who is signed in as an extension, or that nobody can tell now.
pub async fn load(State(server): State<Server>, mut request: Request, next: Next) -> Response {
    let session = request.extensions().get::<Session>().cloned();
    let origin = request.extensions().get::<Origin>().cloned().unwrap_or_default();
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        // Who asks is the first of a page's queries.
        request.extensions_mut().insert(Deadline(Instant::now() + server.page_wait));
    }
    match tokio::time::timeout(server.page_wait, signed(&server, session, origin)).await {
        Ok(Ok(Some(signed))) => {
            request.extensions_mut().insert(signed);
        }
        Ok(Ok(None)) => {}
        Ok(Err(Outage)) | Err(_) => {
            request.extensions_mut().insert(Outage);
        }
    }
    next.run(request).await
}

/// Who is behind the session. Only a request with our cookie asks the database.
async fn signed(server: &Server, session: Option<Session>, origin: Origin) -> Result<Option<Signed>, Outage> {
    let Some(session) = session.filter(|session| session.id().is_some()) else { return Ok(None) };
    let Some(id) = session.get::<SessionId>(store::ID).await.map_err(|_| Outage)? else { return Ok(None) };
    let found = identity::whoami(&server.ctx, id, origin).await.map_err(|_| Outage)?;
    Ok(found.map(|(actor, user)| Signed { actor, user }))
}
