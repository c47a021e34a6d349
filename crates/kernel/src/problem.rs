//! What went wrong, in words for the person who asked: one type that the console, the API and the command line each render.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The closed set of codes. A face maps each to its own terms (an HTTP status, an exit code).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// The input breaks a rule; `fields` says which.
    Invalid,
    /// Nobody is signed in, or the credentials are wrong.
    Unauthenticated,
    /// The password was right and a second factor is needed.
    SecondFactor,
    /// The actor may see this and may not do it.
    Forbidden,
    /// It is not there, or the actor may not know that it is.
    NotFound,
    /// It contradicts what is there: a name taken, the last owner leaving.
    Conflict,
    /// Too much at once; try again after `retry_after` seconds.
    TooMany,
    /// A part that this needs (database, mail) does not answer now.
    Unavailable,
    /// Whether it was done nobody can tell: to be looked at before it is tried again.
    Unsure,
    /// A fault of ours, logged with its cause.
    Internal,
}

impl ProblemCode {
    pub const ALL: [Self; 10] = [
        Self::Invalid,
        Self::Unauthenticated,
        Self::SecondFactor,
        Self::Forbidden,
        Self::NotFound,
        Self::Conflict,
        Self::TooMany,
        Self::Unavailable,
        Self::Unsure,
        Self::Internal,
    ];
}

/// One field of the input and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The field's name in the input, as the form and the API spell it.
    pub name: String,
    /// A sentence that says what to do.
    pub message: String,
}

/// A problem that is shown to whoever asked. Never holds database text or a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{detail}")]
pub struct Problem {
    pub code: ProblemCode,
    /// What happened, why, and what to do: one or two sentences.
    pub detail: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    /// Seconds to wait before the next try; only with `TooMany` and `Unavailable`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
}

impl Problem {
    pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), fields: Vec::new(), retry_after: None }
    }

    /// One wrong field; the detail is the same sentence.
    pub fn field(name: &str, message: impl fmt::Display) -> Self {
        let message = message.to_string();
        let field = Field { name: name.to_owned(), message: message.clone() };
        Self { code: ProblemCode::Invalid, detail: message, fields: vec![field], retry_after: None }
    }

    /// "There is no such project, or you have no access to it."
    pub fn not_found(what: &str) -> Self {
        Self::new(ProblemCode::NotFound, format!("There is no such {what}, or you have no access to it."))
    }

    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(ProblemCode::Conflict, detail)
    }

    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(ProblemCode::Forbidden, detail)
    }

    pub fn unauthenticated() -> Self {
        Self::new(ProblemCode::Unauthenticated, "Sign in to continue.")
    }

    /// `seconds` is rounded up to at least 1.
    pub fn too_many(detail: impl Into<String>, seconds: u32) -> Self {
        Self { retry_after: Some(seconds.max(1)), ..Self::new(ProblemCode::TooMany, detail) }
    }

    /// Worth another try in a second.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self { retry_after: Some(1), ..Self::new(ProblemCode::Unavailable, detail) }
    }

    pub fn unsure(detail: impl Into<String>) -> Self {
        Self::new(ProblemCode::Unsure, detail)
    }

    pub fn internal() -> Self {
        Self::new(
            ProblemCode::Internal,
            "Something failed on our side and was logged. Try again; if it stays, tell the operator.",
        )
    }

    /// The message for one field, if it has one.
    pub fn of_field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|field| field.name == name).map(|field| field.message.as_str())
    }
}

/// Collects the wrong fields of one input, so that a form shows all of them at once.
#[derive(Debug, Default)]
pub struct Fields(Vec<Field>);

impl Fields {
    /// Keeps the value, or notes the error beside its field.
    pub fn check<T, E: fmt::Display>(&mut self, name: &str, result: Result<T, E>) -> Option<T> {
        result.map_err(|error| self.push(name, error)).ok()
    }

    pub fn push(&mut self, name: &str, message: impl fmt::Display) {
        self.0.push(Field { name: name.to_owned(), message: message.to_string() });
    }

    /// An error when any field was wrong.
    pub fn done(self) -> Result<(), Problem> {
        match self.0.as_slice() {
            [] => Ok(()),
            [one] => Err(Problem::field(&one.name, &one.message)),
            many => Err(Problem {
                detail: format!("{} fields need a correction.", many.len()),
                fields: self.0,
                ..Problem::new(ProblemCode::Invalid, "")
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_collected_and_found_by_name() {
        let mut fields = Fields::default();
        assert_eq!(fields.check("name", "Ada".parse::<crate::Name>()).map(String::from), Some("Ada".into()));
        assert_eq!(fields.check("email", "x".parse::<crate::Email>()), None);
        assert_eq!(fields.check("name", "".parse::<crate::Name>()), None);
        let problem = fields.done().unwrap_err();
        assert_eq!(problem.detail, "2 fields need a correction.");
        assert_eq!(problem.of_field("name"), Some("Enter a name."));
        assert_eq!(problem.of_field("password"), None);
    }

    #[test]
    fn codes_are_snake_case_on_the_wire() {
        let codes: Vec<_> = ProblemCode::ALL.iter().map(|c| serde_json::to_string(c).unwrap()).collect();
        assert_eq!(codes[1..3], ["\"unauthenticated\"", "\"second_factor\""]);
        let problem = Problem::too_many("Wait.", 0);
        assert_eq!(serde_json::to_string(&problem).unwrap(), r#"{"code":"too_many","detail":"Wait.","retry_after":1}"#);
    }
}
