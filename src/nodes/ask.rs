//! One request to another node.

use super::Nodes;
use super::receive::{CLIENT, PROOF, TIME};
use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use control::gateways::proof::{Asked, moment, prove};
use control::gateways::{Gateway, NodeId};
use http::header::{
    AUTHORIZATION, CONNECTION, CONTENT_LENGTH, HOST, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING,
};
use http::{Method, Request, StatusCode};
use std::net::IpAddr;
use std::time::Duration;

/// What concerns a connection and not what is asked by it.
const OF_THE_CONNECTION: [HeaderName; 6] = [
    CONNECTION,
    CONTENT_LENGTH,
    HOST,
    TRANSFER_ENCODING,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("x-forwarded-for"),
];
/// How often a node that has not answered yet is looked after.
const LOOK: Duration = Duration::from_secs(1);

/// Why another node gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    #[error("it was not reached: {0}")]
    Unreached(String),
    /// The request was sent, and may have been done.
    #[error("it went away before it answered: {0}")]
    Lost(String),
    /// It takes the request for none of ours, or for another node's.
    #[error("it refused the request")]
    Refused,
}

impl Nodes {
    /// Asks another node, on behalf of whoever asks from the address `client`. The answer's body is still under way.
    ///
    /// # Errors
    /// See [`Unanswered`]. An answer that tells of a failure is none of them.
    pub async fn ask(
        &self,
        node: &Gateway,
        method: Method,
        path: &str,
        mut headers: HeaderMap,
        client: Option<IpAddr>,
        body: Bytes,
    ) -> Result<Response, Unanswered> {
        let unreached = |why: &dyn ToString| Unanswered::Unreached(why.to_string());
        let url =
            node.node_url.as_deref().ok_or_else(|| unreached(&"it has announced no address: set its data.node_url"))?;
        let peer = self.peers.of(node).map_err(|error| unreached(&error))?;
        for name in OF_THE_CONNECTION {
            headers.remove(name);
        }
        let moment = moment(self.ctx.now());
        let proof = {
            let authorization = headers.get(AUTHORIZATION).map(HeaderValue::as_bytes).unwrap_or_default();
            let asked = Asked { method: method.as_str(), path, body: &body, authorization, client, to: node.id };
            prove(&self.ctx.vault, &asked, moment)
        };
        let client = client.map(|client| client.to_string()).unwrap_or_default();
        for (name, value) in [(PROOF, proof), (TIME, moment.to_string()), (CLIENT, client)] {
            headers.insert(name, HeaderValue::try_from(value).map_err(|error| unreached(&error))?);
        }
        let mut request = Request::new(Body::from(body));
        *request.method_mut() = method;
        *request.uri_mut() = format!("{url}{path}").parse().map_err(|error| unreached(&error))?;
        *request.headers_mut() = headers;
        let answer = tokio::select! {
            answer = peer.request(request) => answer,
            () = self.until_gone(node.id) => return Err(Unanswered::Lost("it does not live any more".into())),
        };
        match answer {
            Ok(answer) if answer.status() == StatusCode::FORBIDDEN => Err(Unanswered::Refused),
            Ok(answer) => Ok(passed_on(answer.map(Body::new))),
            Err(error) if error.is_connect() => Err(unreached(&reason(&error))),
            Err(error) => Err(Unanswered::Lost(reason(&error))),
        }
    }

    async fn until_gone(&self, id: NodeId) {
        loop {
            tokio::time::sleep(LOOK).await;
            if !self.lives(id) {
                return;
            }
        }
    }
}

fn passed_on(mut answer: Response) -> Response {
    for name in OF_THE_CONNECTION.iter().filter(|name| **name != CONTENT_LENGTH) {
        answer.headers_mut().remove(name);
    }
    answer
}

/// The whole chain of causes: the first of them alone says "client error".
fn reason(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
