//! From a request to a WebSocket (RFC 6455, 4.2), of which the bytes can be written as they are: many subscribers are told the same.

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::header::{CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, StatusCode};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

/// An acknowledgement is all that clients say.
const MESSAGE: usize = 4096;
/// For acknowledgements that come together; each connection has one.
const READ: usize = 8 * 1024;

pub type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// A request that asks for a WebSocket; none where it does not.
pub struct Upgrade(Option<(HeaderValue, OnUpgrade)>);

impl<S: Sync> FromRequestParts<S> for Upgrade {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let has = |name: HeaderName, wanted: &str| {
            let value = parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
            value.split(',').any(|one| one.trim().eq_ignore_ascii_case(wanted))
        };
        let asks = parts.method == Method::GET
            && has(CONNECTION, "upgrade")
            && has(UPGRADE, "websocket")
            && has(SEC_WEBSOCKET_VERSION, "13");
        let key = parts.headers.get(SEC_WEBSOCKET_KEY).filter(|_| asks);
        let accept = key.and_then(|key| HeaderValue::try_from(derive_accept_key(key.as_bytes())).ok());
        Ok(Self(accept.zip(parts.extensions.remove::<OnUpgrade>())))
    }
}

impl Upgrade {
    pub fn is_asked(&self) -> bool {
        self.0.is_some()
    }

    /// The answer, behind which `serve` gets the socket.
    pub fn answer<F: Future<Output = ()> + Send + 'static>(
        self,
        serve: impl FnOnce(Socket) -> F + Send + 'static,
    ) -> Option<Response> {
        let (accept, upgrade) = self.0?;
        tokio::spawn(async move {
            let Ok(upgraded) = upgrade.await else { return };
            let config = WebSocketConfig::default()
                .read_buffer_size(READ)
                .max_message_size(Some(MESSAGE))
                .max_frame_size(Some(MESSAGE));
            serve(WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config)).await).await;
        });
        let headers = [
            (CONNECTION, HeaderValue::from_static("upgrade")),
            (UPGRADE, HeaderValue::from_static("websocket")),
            (SEC_WEBSOCKET_ACCEPT, accept),
        ];
        Some((StatusCode::SWITCHING_PROTOCOLS, headers).into_response())
    }
}

/// Writes frames as they are, behind whatever the socket itself has still to say.
pub async fn write(socket: &mut Socket, frames: &[u8]) -> std::io::Result<()> {
    use futures::SinkExt;
    SinkExt::flush(socket).await.map_err(std::io::Error::other)?;
    let stream = socket.get_mut();
    stream.write_all(frames).await?;
    AsyncWriteExt::flush(stream).await
}
