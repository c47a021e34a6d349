//! Cross-site request forgery and DNS rebinding: a request with cookies must come to one of our names, and an unsafe one from our own pages.

use super::hosts::Hosts;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{COOKIE, HOST, ORIGIN};
use http::{HeaderMap, Method, StatusCode};
use kernel::Problem;
use std::sync::Arc;

pub async fn check(State(hosts): State<Arc<Hosts>>, request: Request, next: Next) -> Response {
    match refusal(&hosts, request.method(), request.headers()) {
        None => next.run(request).await,
        Some(reason) if super::forms::wants_html(request.headers()) => {
            super::pages::problem(request, Problem::forbidden(reason)).await
        }
        Some(reason) => (StatusCode::FORBIDDEN, format!("{reason}\n")).into_response(),
    }
}

fn refusal(hosts: &Hosts, method: &Method, headers: &HeaderMap) -> Option<&'static str> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let cookies = headers.contains_key(COOKIE);
    if cookies && !text(HOST.as_str()).is_some_and(|host| hosts.know(host)) {
        return Some("This name does not belong to this console. Set console.public_url to the name that people use.");
    }
    if method.is_safe() {
        return None;
    }
    let foreign = Some("This request comes from another site.");
    match (text("sec-fetch-site"), text(ORIGIN.as_str())) {
        (Some("same-origin"), _) => None,
        (Some(_), _) => foreign,
        (None, Some(origin)) => {
            let own = origin
                .split_once("://")
                .is_some_and(|(_, authority)| hosts.know(authority) && text(HOST.as_str()) == Some(authority));
            if own { None } else { foreign }
        }
        (None, None) if cookies => Some("This request does not say where it comes from: send an Origin header."),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boot::config::Console;
    use http::{HeaderName, HeaderValue};

    fn refused(method: Method, pairs: &[(&'static str, &'static str)]) -> bool {
        let console = Console {
            listen: "127.0.0.1:3000".parse().unwrap(),
            public_url: None,
            insecure_http: false,
            trusted_proxies: vec![],
            page_wait_ms: 1000,
        };
        let headers = pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        refusal(&Hosts::of(&console), &method, &headers).is_some()
    }

    #[test]
    fn unsafe_requests_need_our_own_origin() {
        let host = ("host", "127.0.0.1:3000");
        assert!(!refused(Method::POST, &[host, ("cookie", "a=b"), ("sec-fetch-site", "same-origin")]));
        assert!(!refused(Method::POST, &[host, ("cookie", "a=b"), ("origin", "http://127.0.0.1:3000")]));
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("sec-fetch-site", "none"),
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("origin", "http://localhost:3000"),
        ] {
            assert!(refused(Method::POST, &[host, (name, value)]), "{name}: {value}");
        }
        assert!(refused(Method::POST, &[host, ("cookie", "a=b")]), "cookies without any of both");
        assert!(!refused(Method::POST, &[host]), "a program without cookies");
    }

    #[test]
    fn cookies_are_for_our_own_names() {
        assert!(refused(Method::GET, &[("host", "rebound.example:3000"), ("cookie", "a=b")]));
        assert!(!refused(Method::GET, &[("host", "rebound.example:3000")]));
        assert!(!refused(Method::GET, &[("host", "localhost:3000"), ("cookie", "a=b")]));
    }
}
