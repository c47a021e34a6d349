//! Sessions: the cookie, its store, and who is behind it.

mod store;

use app::calls::{Server, Signed};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use control::{Ctx, Origin, identity};
use kernel::SessionId;
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

/// Adds who is signed in as an extension.
pub async fn load(State(server): State<Server>, mut request: Request, next: Next) -> Response {
    let session = request.extensions().get::<Session>().cloned();
    let origin = request.extensions().get::<Origin>().cloned().unwrap_or_default();
    let id = match session {
        // Only a request with our cookie asks the database.
        Some(session) if session.id().is_some() => match session.get::<SessionId>(store::ID).await {
            Ok(id) => id,
            Err(_) => {
                request.extensions_mut().insert(Outage);
                None
            }
        },
        _ => None,
    };
    if let Some(id) = id {
        match identity::whoami(&server.ctx, id, origin).await {
            Ok(Some((actor, user))) => {
                request.extensions_mut().insert(Signed { actor, user });
            }
            Ok(None) => {}
            Err(_) => {
                request.extensions_mut().insert(Outage);
            }
        }
    }
    next.run(request).await
}
