//! From a host name to addresses: once per dial.

use std::{
    future::Future,
    io,
    net::{SocketAddr, ToSocketAddrs},
    pin::Pin,
    sync::Arc,
};

use tokio::sync::Semaphore;

/// A running look-up.
pub type Resolve<'a> = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'a>>;

/// Resolves host names. A port of its own, so that tests can answer as a hostile name server does.
pub trait Resolver: Send + Sync {
    /// All addresses of `host`, each with `port`. The [`crate::Dialer`] asks once, checks every answer and dials these
    /// very addresses; it does not ask for hosts that are addresses already.
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> Resolve<'a>;
}

/// How many look-ups may run at once. The system's resolver blocks a thread for as long as a name server is silent, and
/// giving up the wait does not free it.
const LOOKUPS: usize = 32;

/// The system's resolver (`getaddrinfo`), a bounded number of look-ups at a time.
#[derive(Debug, Clone)]
pub struct SystemResolver {
    lookups: Arc<Semaphore>,
}

impl Default for SystemResolver {
    fn default() -> Self {
        Self { lookups: Arc::new(Semaphore::new(LOOKUPS)) }
    }
}

impl Resolver for SystemResolver {
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> Resolve<'a> {
        Box::pin(async move {
            let permit = Arc::clone(&self.lookups).acquire_owned().await.map_err(io::Error::other)?;
            let target = (host.to_owned(), port);
            // Not tokio's lookup_host: the permit must live as long as the blocked thread.
            let lookup = move || {
                let _permit = permit;
                target.to_socket_addrs().map(Iterator::collect)
            };
            tokio::task::spawn_blocking(lookup).await.map_err(io::Error::other)?
        })
    }
}
