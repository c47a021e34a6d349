//! Why a query was not answered, as Prisma Client shows it.

use serde_json::{Map, Value as Json, json};
use std::borrow::Cow;

/// An error for the client: code, message and details as the official executor gives them.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct QueryError {
    /// `P2002` and its like; `P6000` where the executor has none.
    pub code: Cow<'static, str>,
    pub message: String,
    pub meta: Map<String, Json>,
    pub class: Class,
}

/// What kind of failure it is; the face chooses the status by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The client asked for something that cannot be.
    User,
    /// A transaction that is not there, or is over.
    Transaction,
    /// A limit of the resource.
    Limit,
    /// More at once than the project's plan allows.
    TooMany,
    /// Whoever asks may not.
    Unauthorized,
    /// Not now; again in a moment.
    Unavailable,
    /// The plan or its execution is at odds with itself.
    Internal,
}

impl QueryError {
    pub fn user(code: &'static str, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), meta: Map::new(), class: Class::User }
    }

    pub fn limit(code: &'static str, message: impl Into<String>) -> Self {
        Self { class: Class::Limit, ..Self::user(code, message) }
    }

    pub fn internal(message: impl Into<String>) -> Self {
        Self { class: Class::Internal, ..Self::user("P6000", message) }
    }

    /// P5011: the plan of the project allows no more at the moment.
    pub fn too_many(message: impl Into<String>) -> Self {
        Self { class: Class::TooMany, ..Self::user("P5011", message) }
    }

    /// P6002: the key is none, or not for this.
    pub fn unauthorized(message: impl Into<String>) -> Self {
        Self { class: Class::Unauthorized, ..Self::user("P6002", message) }
    }

    /// P6008: what is needed for an answer cannot be had at the moment.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self { class: Class::Unavailable, ..Self::user("P6008", message) }
    }

    /// P2028, with the words of the official executor.
    pub fn transaction(message: impl AsRef<str>) -> Self {
        Self {
            class: Class::Transaction,
            ..Self::user("P2028", format!("Transaction API error: {}", message.as_ref()))
        }
    }

    #[must_use]
    pub fn with_meta(mut self, meta: Map<String, Json>) -> Self {
        self.meta = meta;
        self
    }

    /// The data of a column is not what the client's schema says.
    pub fn data(message: impl Into<String>) -> Self {
        Self::user("P2023", message)
    }

    /// The answer's body: `{ code?, error, meta? }`.
    pub fn body(&self) -> Json {
        match self.class {
            Class::Internal => json!({ "error": self.message }),
            _ => json!({ "code": self.code, "error": self.message, "meta": self.meta }),
        }
    }
}
