//! What an operation answers when it does not succeed.

use kernel::{Problem, ProblemCode};
use sqlx::error::DatabaseError;
use sqlx::{Postgres, Transaction};

/// A problem for the person who asked, or a fault for the operator's log.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Problem(#[from] Problem),
    #[error("control database: {0}")]
    Database(#[from] sqlx::Error),
    /// The database was lost while it committed: nobody can tell whether it has.
    #[error("control database, during a commit: {0}")]
    Unsure(sqlx::Error),
    /// Something that cannot be: a row that breaks its type's rule, a secret that does not open.
    #[error("{0}")]
    Fault(String),
}

impl Error {
    /// A stored value that its type refuses.
    pub fn inconsistent(table: &str, column: &str, row: impl std::fmt::Display) -> Self {
        Self::Fault(format!("inconsistent row: {table}.{column} of {row}"))
    }

    /// What may be shown. Faults and database errors are logged here, once, and leave no trace of their text.
    pub fn into_problem(self) -> Problem {
        match self {
            Self::Problem(problem) => problem,
            Self::Database(error) if is_vanished(&error) => {
                Problem::conflict("What this belongs to was deleted a moment ago. Reload the page.")
            }
            Self::Database(error) if is_outage(&error) => {
                tracing::warn!(error = %error, "the control database does not answer");
                Problem::unavailable(
                    "The database does not answer right now. Nothing was changed; try again in a moment.",
                )
            }
            Self::Unsure(error) => {
                tracing::warn!(error = %error, "the control database went away during a commit");
                Problem::unsure(
                    "The database went away at the last moment. It may have been done: look before you try again.",
                )
            }
            error => {
                tracing::error!(error = %error, "an operation failed");
                Problem::internal()
            }
        }
    }

    /// Whether a store's insert met the named unique constraint.
    pub fn violates(&self, constraint: &str) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(error)) if error.constraint() == Some(constraint))
    }

    pub fn code(&self) -> Option<ProblemCode> {
        match self {
            Self::Problem(problem) => Some(problem.code),
            _ => None,
        }
    }
}

/// Ends an operation. What breaks here is told apart from what breaks before, when nothing has been changed yet.
pub(crate) async fn commit(tx: Transaction<'_, Postgres>) -> Result<(), Error> {
    tx.commit().await.map_err(|error| if is_lost(&error) { Error::Unsure(error) } else { error.into() })
}

/// The connection went away before the server could say what became of the statement.
fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => has_code(&**error, &["57P", "08"]),
        _ => false,
    }
}

/// A row that was there when the operation looked and is gone now: somebody deleted it in between.
fn is_vanished(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(error) if error.is_foreign_key_violation())
}

/// The server is gone, starting, stopping or out of connections, or two transactions met: worth another try.
fn is_outage(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => true,
        sqlx::Error::Database(error) if has_code(&**error, &["53300", "57014", "40001", "40P01"]) => true,
        error => is_lost(error),
    }
}

fn has_code(error: &dyn DatabaseError, starts: &[&str]) -> bool {
    error.code().is_some_and(|code| starts.iter().any(|start| code.starts_with(start)))
}
