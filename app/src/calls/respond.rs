//! Where the browser goes after a form, and with which status a page answers.

use super::request;
use crate::error::ConsoleError;
use http::{HeaderValue, StatusCode};
use kernel::{Problem, ProblemCode};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use std::sync::{Arc, Mutex, PoisonError};

/// The next page, and what it says of the success.
#[derive(Debug, Clone, Default)]
pub struct Next {
    /// Empty for the page that the form stands on.
    pub path: String,
    pub notice: Option<String>,
}

/// Filled by a server function, read by the server's form handling; an extension of the request.
#[derive(Debug, Clone, Default)]
pub struct Outcome(Arc<Mutex<Option<Next>>>);

impl Outcome {
    pub fn take(&self) -> Option<Next> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn set(&self, next: Next) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(next);
    }
}

/// After success: the browser goes to `path`, which shows `notice` as a toast unless it is empty.
pub(super) fn go(path: impl Into<String>, notice: impl Into<String>) -> Result<(), ConsoleError> {
    let notice = Some(notice.into()).filter(|notice| !notice.is_empty());
    request::outcome()?.set(Next { path: path.into(), notice });
    Ok(())
}

/// After success: back to the page that the form stands on.
pub(super) fn back(notice: impl Into<String>) -> Result<(), ConsoleError> {
    go("", notice)
}

/// Adds a `Set-Cookie` to the answer.
pub(super) fn set_cookie(cookie: &str) {
    if let (Some(options), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(cookie)) {
        options.append_header(http::header::SET_COOKIE, value);
    }
}

/// The status of the page that shows this problem.
pub fn set_status(problem: &Problem) {
    if let Some(options) = use_context::<ResponseOptions>() {
        options.set_status(status(problem.code));
    }
}

/// The HTTP status of a problem.
pub const fn status(code: ProblemCode) -> StatusCode {
    match code {
        ProblemCode::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        ProblemCode::Unauthenticated | ProblemCode::SecondFactor => StatusCode::UNAUTHORIZED,
        ProblemCode::Forbidden => StatusCode::FORBIDDEN,
        ProblemCode::NotFound => StatusCode::NOT_FOUND,
        ProblemCode::Conflict => StatusCode::CONFLICT,
        ProblemCode::TooMany => StatusCode::TOO_MANY_REQUESTS,
        ProblemCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ProblemCode::Unsure | ProblemCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
