//! The login guard: who is not signed in gets no page to render.

use super::session::Outage;
use app::calls::Signed;
use app::calls::respond::status;
use app::paths;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use http::Method;
use kernel::Problem;

/// Public pages pass; the rest needs a signed-in user. While the database is gone nobody is sent to the login: their session still lives.
pub async fn require_sign_in(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if is_public(path) || request.extensions().get::<Signed>().is_some() {
        return next.run(request).await;
    }
    let is_call = path.starts_with("/api/");
    if request.extensions().get::<Outage>().is_some() {
        let detail = "The database does not answer right now. You are still signed in; try again in a moment.";
        let problem = Problem::unavailable(detail);
        return if is_call { refuse(problem) } else { super::pages::problem(request, problem).await };
    }
    if is_call {
        return refuse(Problem::unauthenticated());
    }
    let next = if request.method() == Method::GET {
        request.uri().path_and_query().map_or("/", |path| path.as_str())
    } else {
        "/"
    };
    Redirect::to(&if next == "/" { paths::SIGN_IN.to_owned() } else { paths::sign_in_then(next) }).into_response()
}

/// The answer to a call, which [`super::forms`] turns into a redirect where a form asked.
fn refuse(problem: Problem) -> Response {
    (status(problem.code), axum::Json(problem)).into_response()
}

/// Pages and server functions that need nobody to be signed in.
fn is_public(path: &str) -> bool {
    const FUNCTIONS: [&str; 8] = [
        "/api/identity/sign-in",
        "/api/identity/sign-up",
        "/api/identity/second-factor",
        "/api/identity/request-reset",
        "/api/identity/reset-password",
        "/api/identity/resend-verification",
        "/api/identity/verify-email",
        "/api/theme",
    ];
    paths::is_public(path) || FUNCTIONS.contains(&path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_surface_is_exactly_the_sessionless_one() {
        for path in [
            "/",
            "/orgs",
            "/account",
            "/api/keys/create",
            "/api/palette",
            "/sign-in/",
            "/api/identity/sign-out",
            "/sign-in/../orgs",
            "/invitations/",
            "/invitations/a/b",
        ] {
            assert!(!is_public(path), "{path}");
        }
        for path in ["/sign-in", "/sign-up", "/invitations/abc", "/api/identity/sign-in"] {
            assert!(is_public(path), "{path}");
        }
    }
}
