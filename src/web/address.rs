//! Where a request comes from: the socket, or what a trusted proxy says of it.

use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use control::Origin;
use http::HeaderMap;
use http::header::USER_AGENT;
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Ranges of proxies whose `X-Forwarded-For` is believed.
#[derive(Debug)]
pub struct TrustedProxies(pub Vec<IpNet>);

/// Adds the request's [`Origin`] as an extension.
pub async fn find(State(proxies): State<Arc<TrustedProxies>>, mut request: Request, next: Next) -> Response {
    let socket = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
    let origin = proxies.origin(socket, request.headers());
    request.extensions_mut().insert(origin);
    next.run(request).await
}

impl TrustedProxies {
    /// Where a request comes from that arrived at this socket.
    pub fn origin(&self, socket: Option<SocketAddr>, headers: &HeaderMap) -> Origin {
        let address = socket.map(|socket| self.client(socket.ip(), headers));
        let user_agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Origin { address, user_agent }
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|range| range.contains(&address.to_canonical()))
    }

    /// Each trusted proxy appends the peer it saw, so the list is read from its end to the first address that is no trusted proxy.
    fn client(&self, socket: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = socket.to_canonical();
        if !self.trusts(client) {
            return client;
        }
        let forwarded = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .collect::<Vec<_>>()
            .join(",");
        for hop in forwarded.rsplit(',').map(str::trim) {
            if !self.trusts(client) {
                break;
            }
            let Ok(address) = hop.parse::<IpAddr>() else { break };
            client = address.to_canonical();
        }
        client
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_are_believed() {
        let proxies = TrustedProxies(vec!["10.0.0.0/8".parse().unwrap()]);
        let client = |socket: &str, forwarded: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", forwarded.parse().unwrap());
            proxies.client(socket.parse().unwrap(), &headers).to_string()
        };
        assert_eq!(client("203.0.113.5", "198.51.100.1"), "203.0.113.5", "a stranger's header");
        assert_eq!(client("10.0.0.1", "198.51.100.1"), "198.51.100.1");
        assert_eq!(
            client("10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2"),
            "198.51.100.1",
            "what the client made up stands first"
        );
        assert_eq!(client("::ffff:10.0.0.1", "198.51.100.1"), "198.51.100.1");
        assert_eq!(client("10.0.0.1", "nonsense"), "10.0.0.1");
        assert_eq!(client("10.0.0.1", ""), "10.0.0.1");
    }
}
