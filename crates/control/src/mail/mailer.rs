//! The port to a mail server.

use kernel::Email;
use std::future::Future;

/// A message, ready to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    pub to: Email,
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// Holds links that open accounts: only the subject is printed.
impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Message").field("subject", &self.subject).finish_non_exhaustive()
    }
}

/// Why the mail server did not take a message.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// Worth another try: no answer, a full mailbox, greylisting.
    #[error("{0}")]
    Passing(String),
    /// The server will never take it.
    #[error("{0}")]
    Final(String),
}

/// Whatever sends a message; the server implements it over SMTP.
pub trait Mailer: Send + Sync {
    fn send(&self, message: &Message) -> impl Future<Output = Result<(), SendError>> + Send;
}
