//! What one resource may use.

use std::time::Duration;

/// The limits of a resource; the defaults are those of the smallest plan of the hosted Accelerate, `Starter`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Connections to the database, of keys with full rights; keys that only read have as many of their own.
    pub connections: usize,
    /// How long a request waits for a connection.
    pub connection_wait: Duration,
    /// Requests that may wait for a connection at once.
    pub waiting: usize,
    /// How long a query may take, all statements together.
    pub query_timeout: Duration,
    /// How long an interactive transaction may last.
    pub transaction_timeout: Duration,
    /// Bytes of an answer.
    pub response_bytes: usize,
    /// Whether answers may be kept where a query asks for it, and how many bytes of them.
    pub cache: bool,
    pub cache_bytes: usize,
    /// After so long without use a connection is closed.
    pub idle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10,
            connection_wait: Duration::from_secs(10),
            waiting: 10_000,
            query_timeout: Duration::from_secs(10),
            transaction_timeout: Duration::from_secs(15),
            response_bytes: 5 * 1024 * 1024,
            cache: true,
            cache_bytes: 32 * 1024 * 1024,
            idle: Duration::from_secs(60),
        }
    }
}
