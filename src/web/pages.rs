//! Pages and server functions: Leptos behind axum.

use super::assets::Bundle;
use super::headers::page_policy;
use app::assets::Assets;
use app::calls::{Server, Signed};
use app::flash::Flash;
use app::kit::{Now, Told};
use app::model::theme::Theme;
use app::{App, paths, problem_document, shell};
use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Redirect, Response};
use http::header::{CONTENT_SECURITY_POLICY, COOKIE, REFERER};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Uri};
use kernel::Problem;
use leptos::config::LeptosOptions;
use leptos::nonce::use_nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{LeptosRoutes, ResponseOptions, generate_route_list_with_exclusions_and_ssg_and_context};
use std::sync::OnceLock;

/// What every page links to; set once, when the router is made.
static ASSETS: OnceLock<Assets> = OnceLock::new();

/// All pages and server functions; where no route leads there is a page that says so.
pub fn routes(assets: &Bundle) -> Router {
    let assets: &'static Assets = ASSETS.get_or_init(|| assets.names.clone());
    let provide = move || provide(assets);
    let options = LeptosOptions::builder().output_name("pentaprism").build();
    let (routes, _) = generate_route_list_with_exclusions_and_ssg_and_context(App, None, provide);
    Router::new()
        .leptos_routes_with_context(&options, routes, provide, shell)
        .fallback(leptos_axum::render_app_async_with_context(provide, shell))
        .with_state(options)
}

/// The contexts of a page, and the policy that its scripts need.
fn provide(assets: &Assets) {
    let parts = use_context::<Parts>();
    let cookie = |name: &str| {
        let header = parts.as_ref()?.headers.get(COOKIE)?.to_str().ok()?;
        header
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.to_owned())
    };
    provide_context(assets.clone());
    let https = parts.as_ref().and_then(|parts| parts.extensions.get::<Server>()).is_some_and(Server::is_https);
    provide_context(Theme::from_cookie(&cookie(Theme::cookie(https)).unwrap_or_default()));
    provide_context(Now(control::Clock::System.now()));
    if let Some(flash) = parts.as_ref().and_then(|parts| parts.extensions.get::<Flash>()) {
        provide_context(flash.clone());
        provide_context(Told::default());
    }
    if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>())
        && let Ok(policy) = HeaderValue::from_str(&page_policy(&nonce))
    {
        response.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
}

/// A page that tells of a problem, for layers that answer before any page is rendered.
pub async fn problem(request: Request, problem: Problem) -> Response {
    let Some(assets) = ASSETS.get() else { return app::calls::respond::status(problem.code).into_response() };
    leptos_axum::render_app_async_with_context(move || provide(assets), move || problem_document(problem.clone()))(
        request,
    )
    .await
}

/// `/`: the organization, if there is one; the first step, if there is none.
pub async fn home(request: Request) -> Response {
    let Some(server) = request.extensions().get::<Server>().cloned() else {
        return Redirect::to(paths::SIGN_IN).into_response();
    };
    let Some(signed) = request.extensions().get::<Signed>().cloned() else {
        return Redirect::to(paths::SIGN_IN).into_response();
    };
    match app::calls::orgs::first_page(&server, &signed).await {
        Ok(path) => Redirect::to(&path).into_response(),
        Err(error) => problem(request, error).await,
    }
}

/// The page of ours that a request says it comes from, without its host; `/` when it does not say.
pub fn own_referer(headers: &HeaderMap) -> String {
    let referer =
        headers.get(REFERER).and_then(|value| value.to_str().ok()).and_then(|value| value.parse::<Uri>().ok());
    // The same-origin check has seen the request, so the path alone is ours.
    referer
        .and_then(|uri| uri.path_and_query().map(ToString::to_string))
        .filter(|path| paths::own(path).is_some())
        .unwrap_or_else(|| "/".to_owned())
}
