//! Accelerate as its pages show it.

use super::moment;
use time::OffsetDateTime;

/// A resource's Accelerate; a number that is none is the default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accelerate {
    pub region: String,
    pub connections: Option<u32>,
    pub query_timeout_ms: Option<u32>,
    pub transaction_timeout_ms: Option<u32>,
    pub response_bytes: Option<u32>,
    pub cache: bool,
    pub configured_at: OffsetDateTime,
}

/// The gateway that serves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gateway {
    /// `http://localhost:3001`, or `https://gateway.example.com`.
    pub url: String,
    pub region: String,
}

impl Gateway {
    /// The connection string with this key. Prisma Client speaks plain http to this machine by `prisma+postgres://`, and TLS by `prisma://` in any case.
    pub fn connection_string(&self, api_key: &str) -> String {
        let (scheme, host) = self.url.split_once("://").unwrap_or(("https", &self.url));
        let plain = scheme == "http" && ["localhost", "127.0.0.1", "[::1]"].iter().any(|name| host.starts_with(name));
        let scheme = if plain { "prisma+postgres" } else { "prisma" };
        format!("{scheme}://{host}/?api_key={api_key}")
    }

    /// The line for `.env`.
    pub fn env_line(&self) -> String {
        format!("ACCELERATE_URL=\"{}\"", self.connection_string("YOUR_API_KEY"))
    }

    /// Whether the extension sends `$accelerate.invalidate` elsewhere, unless it is told: it knows gateways on this machine's plain http alone.
    pub fn misses_invalidations(&self) -> bool {
        self.connection_string("").starts_with("prisma://")
    }
}

/// "3 s ago": of something that a page waits for, seconds matter.
pub fn ago(at: OffsetDateTime, now: OffsetDateTime) -> String {
    match (now - at).whole_seconds() {
        ..1 => "just now".to_owned(),
        seconds @ 1..60 => format!("{seconds} s ago"),
        _ => moment::relative(at, now),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_told_until_there_are_minutes() {
        let now = OffsetDateTime::UNIX_EPOCH + time::Duration::days(1);
        let told = |seconds| ago(now - time::Duration::seconds(seconds), now);
        assert_eq!([-5, 0, 3, 59, 60].map(told), ["just now", "just now", "3 s ago", "59 s ago", "1 min ago"]);
    }

    #[test]
    fn the_scheme_is_the_one_that_works() {
        let line = |url: &str| Gateway { url: url.into(), region: "us-east-1".into() }.env_line();
        let plain = "ACCELERATE_URL=\"prisma+postgres://localhost:3001/?api_key=YOUR_API_KEY\"";
        assert_eq!(line("http://localhost:3001"), plain);
        assert_eq!(line("https://localhost:3001"), "ACCELERATE_URL=\"prisma://localhost:3001/?api_key=YOUR_API_KEY\"");
        assert_eq!(line("https://a.example.com"), "ACCELERATE_URL=\"prisma://a.example.com/?api_key=YOUR_API_KEY\"");
        assert_eq!(line("http://192.0.2.1:3001"), "ACCELERATE_URL=\"prisma://192.0.2.1:3001/?api_key=YOUR_API_KEY\"");
    }
}
