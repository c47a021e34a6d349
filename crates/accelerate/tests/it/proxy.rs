//! A way to the database that can fall silent, and counts what is said.

use crate::world::World;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use upstream::ConnectionString;

#[derive(Default)]
pub struct Proxy {
    /// Nothing gets through in either direction, and nobody is told.
    pub is_silent: AtomicBool,
    /// What the client has written, by the piece.
    pub asked: AtomicUsize,
}

impl Proxy {
    /// Puts one between the gateway and its database.
    pub async fn before(world: &World) -> Arc<Self> {
        let proxy = Arc::<Self>::default();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let target = world.target();
        let address = format!("{}:{}", target.host(), target.port());
        world.known.change(|resource| {
            let url = target.expose_url();
            let url = secrecy::ExposeSecret::expose_secret(&url).replace(&address, &format!("127.0.0.1:{port}"));
            resource.target = ConnectionString::parse(&url).unwrap();
            assert_eq!(resource.target.port(), port);
        });
        let own = Arc::clone(&proxy);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&address).await.unwrap();
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = server.into_split();
                tokio::spawn(pass(Arc::clone(&own), from_client, to_server, true));
                tokio::spawn(pass(Arc::clone(&own), from_server, to_client, false));
            }
        });
        proxy
    }
}

async fn pass(proxy: Arc<Proxy>, mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, counts: bool) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut bytes).await {
        while proxy.is_silent.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        proxy.asked.fetch_add(usize::from(counts), Ordering::Relaxed);
        if to.write_all(&bytes[..length]).await.is_err() {
            return;
        }
    }
    to.shutdown().await.ok();
}
