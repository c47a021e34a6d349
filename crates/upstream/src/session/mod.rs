//! A session that its caller drives by the wire protocol.

mod cancel;
mod messages;
mod query;
mod sign_in;

use std::{
    fmt, io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

pub use self::cancel::CancelKey;
use crate::{ConnectionString, ControlDatabase, DialError, way::Way, wire::Wire};

/// A signed-in session, ready for its first query; what follows on the stream is the caller's business.
#[derive(Debug)]
pub struct Session {
    /// The server's next byte is its answer to the caller's first message. Dropping it closes the connection.
    pub stream: SessionStream,
    /// What [`crate::Dialer::cancel`] takes.
    pub key: CancelKey,
    /// The address that was checked and dialled.
    pub address: SocketAddr,
    /// Whether the connection is encrypted.
    pub tls: bool,
    /// What the server says it is (`15.4 (Debian 15.4-1)`): printable ASCII, at most 64 characters, may be empty.
    pub server_version: String,
}

/// The stream of a [`Session`], plain or TLS. What is written may wait until it is flushed.
pub struct SessionStream(Wire);

impl SessionStream {
    /// Lets the server send as much as it likes: from here on the caller bounds it.
    pub(crate) fn lift(&self) {
        self.0.allowance().lift();
    }
}

impl fmt::Debug for SessionStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionStream").field("tls", &self.0.is_tls()).finish_non_exhaustive()
    }
}

impl AsyncRead for SessionStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for SessionStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

/// The way of a caller who frames messages by hand.
pub(crate) struct ByHand<'a> {
    pub(crate) parameters: &'a [(&'a str, &'a str)],
}

impl Way for ByHand<'_> {
    type Session = Session;

    async fn sign_in(
        &self,
        mut wire: Wire,
        address: SocketAddr,
        target: &ConnectionString,
    ) -> Result<Session, DialError> {
        let greeting = sign_in::sign_in(&mut wire, target, self.parameters).await?;
        let tls = wire.is_tls();
        let key = CancelKey { process: greeting.process, secret: greeting.secret, address, tls };
        Ok(Session { stream: SessionStream(wire), key, address, tls, server_version: greeting.server_version })
    }

    async fn identify(session: &mut Session) -> Result<ControlDatabase, DialError> {
        ControlDatabase::ask(&mut session.stream.0).await
    }
}
