//! How a server function answers a browser's form: post, redirect, get.
//!
//! The function runs as if a program had called it and answers JSON. For a form that becomes a redirect: after success to where the function
//! says, after a failure back to the form's page, which finds the problem and the typed input in its flash. Nothing travels in a URL.

use super::flash::Flashes;
use super::pages::own_referer;
use app::calls::SECRET_FIELDS;
use app::calls::respond::{Outcome, status};
use app::flash::Flash;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use control::Origin;
use http::header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use http_body_util::LengthLimitError;
use kernel::{Problem, ProblemCode};
use std::error::Error;

/// Answers of server functions are a problem or nothing.
const LONGEST_ANSWER: usize = 64 * 1024;

pub async fn answer(State(flashes): State<Flashes>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        let is_call = request.uri().path().starts_with("/api/");
        let response = next.run(request).await;
        // The framework gives every failure this status.
        let failed = is_call && response.status() == StatusCode::INTERNAL_SERVER_ERROR;
        return if failed { read_failed(response).await } else { response };
    }
    let form = accepts_html(request.headers());
    let referer = own_referer(request.headers());
    let route = request.uri().path().to_owned();
    let address = request.extensions().get::<Origin>().and_then(|origin| origin.address);
    let (mut parts, body) = request.into_parts();
    let body = match to_bytes(body, super::BODY_LIMIT).await {
        Ok(body) => body,
        Err(error) => return unread(&error, &flashes, form, &referer),
    };
    let fields: Vec<(String, String)> =
        if form { serde_urlencoded::from_bytes(&body).unwrap_or_default() } else { Vec::new() };
    let outcome = Outcome::default();
    parts.extensions.insert(outcome.clone());
    parts.headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    let (mut head, body) = response.into_parts();
    if head.status.is_redirection() {
        return Response::from_parts(head, body);
    }
    let id = fields.iter().find(|(name, _)| name == "_form").map(|(_, id)| id.clone()).unwrap_or_default();

    if head.status.is_success() {
        let next = outcome.take().unwrap_or_default();
        if !form {
            return Response::from_parts(head, body);
        }
        let target = if next.path.is_empty() { referer.as_str() } else { next.path.as_str() };
        let flash = next.notice.map(|notice| Flash::success(id, notice));
        let mut answer = Redirect::to(target).into_response();
        // Cookies of the session and of the theme come with the function's own answer.
        answer
            .headers_mut()
            .extend(head.headers.iter().filter(|(name, _)| **name == SET_COOKIE).map(|(n, v)| (n.clone(), v.clone())));
        return with_flash(&flashes, answer, flash);
    }

    let problem = problem(head.status, body).await;
    if matches!(problem.code, ProblemCode::Unauthenticated | ProblemCode::Forbidden | ProblemCode::TooMany) {
        // The answer to a form is a redirect, so the request log alone would not show it.
        tracing::warn!(route, code = ?problem.code, address = ?address, "a call was refused");
    }
    let wait = problem.retry_after.map(HeaderValue::from);
    let mut answer = if !form {
        head.status = status(problem.code);
        (head.status, axum::Json(problem)).into_response()
    } else {
        with_flash(&flashes, Redirect::to(&referer).into_response(), Some(Flash::failure(id, problem, kept(fields))))
    };
    if let Some(wait) = wait {
        answer.headers_mut().insert(RETRY_AFTER, wait);
    }
    answer
}

async fn problem(status: StatusCode, body: Body) -> Problem {
    match to_bytes(body, LONGEST_ANSWER).await {
        Ok(text) => serde_json::from_slice(&text).unwrap_or_else(|_| without_words(status)),
        Err(_) => Problem::internal(),
    }
}

/// A function that only reads, and did not: its problem, with the status that says so.
async fn read_failed(response: Response) -> Response {
    let (head, body) = response.into_parts();
    let problem = problem(head.status, body).await;
    (status(problem.code), axum::Json(problem)).into_response()
}

/// Nobody has read which form it was: the page's frame tells of it.
fn unread(error: &axum::Error, flashes: &Flashes, form: bool, referer: &str) -> Response {
    let is_long = error.source().is_some_and(|cause| cause.is::<LengthLimitError>());
    let (status, detail) = if is_long {
        let most = super::BODY_LIMIT / 1024;
        (StatusCode::PAYLOAD_TOO_LARGE, format!("This is more than a form may hold: {most} kB. Nothing was changed."))
    } else {
        (StatusCode::BAD_REQUEST, "The form did not come whole. Send it again; nothing was changed.".to_owned())
    };
    let problem = Problem::new(ProblemCode::Invalid, detail);
    if form {
        return with_flash(
            flashes,
            Redirect::to(referer).into_response(),
            Some(Flash::failure("", problem, Vec::new())),
        );
    }
    (status, axum::Json(problem)).into_response()
}

/// What an answer says that no function gave: none is posted to at this address.
fn without_words(status: StatusCode) -> Problem {
    match status {
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Problem::not_found("address"),
        _ => Problem::internal(),
    }
}

/// Whether a person reads the answer.
pub fn wants_html(headers: &HeaderMap) -> bool {
    contains(headers, ACCEPT, "text/html")
}

fn accepts_html(headers: &HeaderMap) -> bool {
    wants_html(headers) && contains(headers, CONTENT_TYPE, "application/x-www-form-urlencoded")
}

fn contains(headers: &HeaderMap, name: HeaderName, text: &str) -> bool {
    headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains(text))
}

/// What may come back to the form: everything but secrets and the form's own name.
fn kept(fields: Vec<(String, String)>) -> Vec<(String, String)> {
    fields.into_iter().filter(|(name, _)| name != "_form" && !SECRET_FIELDS.contains(&name.as_str())).collect()
}

fn with_flash(flashes: &Flashes, mut response: Response, flash: Option<Flash>) -> Response {
    if let Some(cookie) = flash.and_then(|flash| flashes.cookie(&flash)) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}
