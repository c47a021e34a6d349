//! The names under which the console may be asked for.

use crate::boot::config::Console;
use http::uri::Authority;

/// Host names, with their port where it is not the scheme's own.
#[derive(Debug)]
pub struct Hosts(Vec<String>);

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
        Self(names.into_iter().map(|name| name.to_ascii_lowercase()).collect())
    }

    /// Whether a `Host` header, or the authority of an `Origin`, is one of ours.
    pub fn know(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        let bare = host
            .parse::<Authority>()
            .ok()
            .filter(|authority| matches!(authority.port_u16(), Some(80 | 443)))
            .map(|authority| authority.host().to_owned());
        self.0.iter().any(|name| *name == host || bare.as_ref() == Some(name))
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
        };
        let hosts = Hosts::of(&console);
        for host in ["console.example.com", "CONSOLE.example.com:443", "localhost:3000", "127.0.0.1:3000", "[::1]:3000"]
        {
            assert!(hosts.know(host), "{host}");
        }
        for host in ["evil.example", "console.example.com.evil.example", "localhost", "127.0.0.1:3001", ""] {
            assert!(!hosts.know(host), "{host}");
        }
    }
}
