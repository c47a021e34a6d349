//! The key to a session's running statement.

use std::{fmt, net::SocketAddr};

use postgres_protocol::message::frontend;
use tokio::io::AsyncReadExt;

use super::messages;
use crate::{DialError, wire::Wire};

/// What it takes to cancel the statement that a session runs: see [`crate::Dialer::cancel`].
///
/// It holds for as long as the session lives, and shows no secret in `Debug`.
#[derive(Clone)]
pub struct CancelKey {
    pub(super) process: i32,
    pub(super) secret: i32,
    pub(crate) address: SocketAddr,
    pub(crate) tls: bool,
}

impl CancelKey {
    /// Sends the request and waits for the server to hang up, which it does when it has acted on it.
    pub(crate) async fn present(&self, mut wire: Wire) -> Result<(), DialError> {
        let mut request = Default::default();
        frontend::cancel_request(self.process, self.secret, &mut request);
        messages::send(&mut wire, &request).await?;
        match wire.read(&mut [0]).await {
            // TLS may end without a good-bye here, which is an error elsewhere.
            Ok(0) | Err(_) => Ok(()),
            Ok(_) => Err(DialError::NotPostgres),
        }
    }
}

impl fmt::Debug for CancelKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CancelKey")
            .field("process", &self.process)
            .field("address", &self.address)
            .field("tls", &self.tls)
            .finish_non_exhaustive()
    }
}
