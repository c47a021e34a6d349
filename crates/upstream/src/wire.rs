//! The byte stream to a server, plain or TLS, with a bound on what it may send before it has earned trust.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_postgres::tls::{ChannelBinding, TlsConnect, TlsStream};

use crate::end_point;

/// What a server may send until its connection is handed out. An honest one needs a few kilobytes.
const ALLOWANCE: u64 = 256 * 1024;
const UNLIMITED: u64 = u64::MAX;

/// How many bytes a server may still send. Shared between a [`Wire`] and whoever may lift the bound.
#[derive(Debug, Clone)]
pub(crate) struct Allowance(Arc<AtomicU64>);

impl Allowance {
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicU64::new(ALLOWANCE)))
    }

    pub(crate) fn lift(&self) {
        self.0.store(UNLIMITED, Ordering::Relaxed);
    }

    fn spend(&self, bytes: usize) -> io::Result<()> {
        let left = self.0.load(Ordering::Relaxed);
        if left == UNLIMITED {
            return Ok(());
        }
        let bytes = u64::try_from(bytes).unwrap_or(UNLIMITED);
        let left = left.checked_sub(bytes).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))?;
        self.0.store(left, Ordering::Relaxed);
        Ok(())
    }
}

pub(crate) enum Transport {
    Plain(TcpStream),
    Tls(Box<tokio_rustls::client::TlsStream<TcpStream>>),
}

/// What the driver, or the caller of a session, reads from and writes to.
pub(crate) struct Wire {
    transport: Transport,
    allowance: Allowance,
}

impl Wire {
    pub(crate) fn new(transport: Transport) -> Self {
        Self { transport, allowance: Allowance::new() }
    }

    pub(crate) fn allowance(&self) -> Allowance {
        self.allowance.clone()
    }

    pub(crate) fn is_tls(&self) -> bool {
        matches!(self.transport, Transport::Tls(_))
    }

    /// What SCRAM may be bound to: the hash of the server's certificate, where it has one that fixes a hash.
    pub(crate) fn end_point(&self) -> Option<Vec<u8>> {
        let Transport::Tls(stream) = &self.transport else { return None };
        end_point::binding(stream.get_ref().1.peer_certificates()?.first()?)
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let poll = match &mut self.transport {
            Transport::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Transport::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
        };
        match poll {
            Poll::Ready(Ok(())) => Poll::Ready(self.allowance.spend(buf.filled().len() - before)),
            other => other,
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.transport {
            Transport::Plain(stream) => Pin::new(stream).poll_write(cx, buf),
            Transport::Tls(stream) => Pin::new(stream).poll_write(cx, buf),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.transport {
            Transport::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Transport::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.transport {
            Transport::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Transport::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}

impl TlsStream for Wire {
    fn channel_binding(&self) -> ChannelBinding {
        self.end_point().map_or_else(ChannelBinding::none, ChannelBinding::tls_server_end_point)
    }
}

/// Tells the driver that encryption is settled: it takes the [`Wire`] as it is.
pub(crate) struct Settled;

impl TlsConnect<Wire> for Settled {
    type Stream = Wire;
    type Error = io::Error;
    type Future = std::future::Ready<io::Result<Wire>>;

    fn connect(self, wire: Wire) -> Self::Future {
        std::future::ready(Ok(wire))
    }
}
