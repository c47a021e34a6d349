//! Accelerate as its pages show it.

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
    /// `localhost:3001`.
    pub host: String,
    pub region: String,
}

impl Gateway {
    /// The line for `.env`. Prisma Client speaks plain http to this machine by `prisma+postgres://`, and TLS by `prisma://` in any case.
    pub fn env_line(&self) -> String {
        let scheme = if self.host.starts_with("localhost") { "prisma+postgres" } else { "prisma" };
        format!("ACCELERATE_URL=\"{scheme}://{}/?api_key=YOUR_API_KEY\"", self.host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_is_the_one_that_works() {
        let line = |host: &str| Gateway { host: host.into(), region: "us-east-1".into() }.env_line();
        assert_eq!(line("localhost:3001"), "ACCELERATE_URL=\"prisma+postgres://localhost:3001/?api_key=YOUR_API_KEY\"");
        assert_eq!(line("192.0.2.1:3001"), "ACCELERATE_URL=\"prisma://192.0.2.1:3001/?api_key=YOUR_API_KEY\"");
    }
}
