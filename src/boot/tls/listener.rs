//! Connections that have shaken hands. A handshake runs beside the others, so that a slow one is felt by nobody else.

use axum::serve::Listener;
use rustls::ServerConfig;
use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How long a handshake may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Handshakes at once. Beyond it the oldest is given up: an honest one takes milliseconds, so it is most likely none.
const MOST: usize = 1024;

/// A listener whose connections speak TLS.
pub struct TlsListener {
    socket: TcpListener,
    acceptor: TlsAcceptor,
    handshakes: JoinSet<Option<(TlsStream<TcpStream>, SocketAddr)>>,
    /// Those of them that may still run, the oldest first.
    running: VecDeque<AbortHandle>,
    most: usize,
}

impl TlsListener {
    pub fn new(socket: TcpListener, config: Arc<ServerConfig>) -> Self {
        Self { socket, acceptor: config.into(), handshakes: JoinSet::new(), running: VecDeque::new(), most: MOST }
    }

    /// Allows so many handshakes at once.
    #[must_use]
    pub fn at_once(self, most: usize) -> Self {
        Self { most, ..self }
    }

    fn begin(&mut self, socket: TcpStream, address: SocketAddr) {
        if self.running.len() >= self.most {
            self.running.retain(|handshake| !handshake.is_finished());
        }
        if self.running.len() >= self.most
            && let Some(oldest) = self.running.pop_front()
        {
            oldest.abort();
        }
        let acceptor = self.acceptor.clone();
        self.running.push_back(self.handshakes.spawn(async move {
            // Of a handshake's records none shall wait for the other.
            socket.set_nodelay(true).ok()?;
            match timeout(PATIENCE, acceptor.accept(socket)).await {
                Ok(Ok(stream)) => Some((stream, address)),
                Ok(Err(error)) => {
                    tracing::debug!(%address, %error, "a TLS handshake failed");
                    None
                }
                Err(_) => None,
            }
        }));
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            tokio::select! {
                (socket, address) = Listener::accept(&mut self.socket) => self.begin(socket, address),
                Some(ended) = self.handshakes.join_next() => {
                    if let Ok(Some(connected)) = ended {
                        return connected;
                    }
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Listener::local_addr(&self.socket)
    }
}
