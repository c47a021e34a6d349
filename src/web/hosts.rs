//! The names under which the console may be asked for.

use crate::boot::config::Console;
use http::uri::Authority;

/// Host names, with their port where it is not a scheme's own.
#[derive(Debug)]
pub struct Hosts(Vec<String>);

/// As browsers write it, who leave out the port of the scheme.
fn bare(host: &str) -> String {
    let host = host.to_ascii_lowercase();
    let authority = host.parse::<Authority>().ok();
    match authority.filter(|authority| matches!(authority.port_u16(), Some(80 | 443))) {
        Some(authority) => authority.host().to_owned(),
        None => host,
    }
}

impl Hosts {
    /// The public URL's name, every name of the loopback interface, and the listening address itself.
    pub fn of(console: &Console) -> Self {
        let port = console.listen.port();
        let mut names = Vec::new();
        if let Some(authority) = console
            .public_url
            .as_deref()
            .and_then(|url| url.parse::<http::Uri>().ok())
            .and_then(|uri| uri.authority().cloned())
        {
            names.push(authority.to_string());
        }
        names.extend(["localhost", "127.0.0.1", "[::1]"].map(|name| format!("{name}:{port}")));
        names.push(console.listen.to_string());
        Self(names.iter().map(|name| bare(name)).collect())
    }

    /// Whether a `Host` header, or the authority of an `Origin`, is one of ours.
    pub fn know(&self, host: &str) -> bool {
        self.0.contains(&bare(host))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_names_are_known() {
        let console = Console {
            listen: "127.0.0.1:3000".parse().unwrap(),
            public_url: Some("https://Console.Example.com".into()),
            insecure_http: false,
            trusted_proxies: vec![],
            page_wait_ms: 1000,
        };
        let hosts = Hosts::of(&console);
        for host in ["console.example.com", "CONSOLE.example.com:443", "localhost:3000", "127.0.0.1:3000", "[::1]:3000"]
        {
            assert!(hosts.know(host), "{host}");
        }
        let usual_ports = Console {
            listen: "127.0.0.1:80".parse().unwrap(),
            public_url: Some("https://console.example.com:443".into()),
            ..console
        };
        for host in ["console.example.com", "console.example.com:443", "localhost", "127.0.0.1", "[::1]:80"] {
            assert!(Hosts::of(&usual_ports).know(host), "{host}");
        }
        for host in ["evil.example", "console.example.com.evil.example", "localhost", "127.0.0.1:3001", ""] {
            assert!(!hosts.know(host), "{host}");
        }
    }
}
