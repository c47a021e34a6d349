//! Servers that say whatever a test wants.

use std::{net::SocketAddr, sync::Arc};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

pub const AUTHENTICATION_OK: &[u8] = b"R\0\0\0\x08\0\0\0\0";
pub const READY: &[u8] = b"Z\0\0\0\x05I";

/// Serves every connection on a free port of 127.0.0.1 until the test ends.
pub async fn serve<F, S>(session: F) -> SocketAddr
where
    F: Fn(TcpStream) -> S + Send + Sync + 'static,
    S: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let session = Arc::new(session);
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(session(socket));
        }
    });
    address
}

/// Sends these bytes as soon as the client has spoken, then waits for it to leave.
pub async fn serve_bytes(bytes: Vec<u8>) -> SocketAddr {
    serve(move |mut socket| {
        let bytes = bytes.clone();
        async move {
            let _ = socket.read(&mut [0; 1024]).await;
            let _ = socket.write_all(&bytes).await;
            while socket.read(&mut [0; 1024]).await.is_ok_and(|read| read > 0) {}
        }
    })
    .await
}

pub fn message(tag: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap();
    [&[tag], length.to_be_bytes().as_slice(), body].concat()
}

/// An `ErrorResponse` with a code and the function that raised it.
pub fn refusal(sqlstate: &str, routine: &str) -> Vec<u8> {
    let fields = format!("SFATAL\0VFATAL\0C{sqlstate}\0Mthe server's own words\0R{routine}\0\0");
    message(b'E', fields.as_bytes())
}
