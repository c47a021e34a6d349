//! What becomes of a settled stream.

use std::net::SocketAddr;

use crate::{ConnectionString, ControlDatabase, DialError, wire::Wire};

/// Who speaks the protocol on a stream that was checked, dialled and settled: a driver, or the caller by hand.
pub(crate) trait Way: Sync {
    /// What is handed out.
    type Session: Send;

    /// Signs in.
    fn sign_in(
        &self,
        wire: Wire,
        address: SocketAddr,
        target: &ConnectionString,
    ) -> impl Future<Output = Result<Self::Session, DialError>> + Send;

    /// Asks which database answers.
    fn identify(session: &mut Self::Session) -> impl Future<Output = Result<ControlDatabase, DialError>> + Send;
}
