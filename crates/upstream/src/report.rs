//! "Test connection": what a person wants to know of a connection string before relying on it.

use std::{net::SocketAddr, time::Duration};

use tokio::time::Instant;

use crate::{ConnectionString, DialError, Dialer, answer, store};

/// What a successful test found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionReport {
    /// What the server says it is (`15.4 (Debian 15.4-1)`): printable ASCII, at most 64 characters, may be empty.
    pub server_version: String,
    /// Whether the connection is encrypted.
    pub tls: bool,
    /// From a statement to its answer: the median of three.
    pub round_trip: Duration,
    /// The address that answered.
    pub address: SocketAddr,
}

/// Dials, asks three times for nothing, and hangs up. Takes twice the dialer's timeout at most.
///
/// # Errors
/// See [`DialError`].
pub async fn test_connection(dialer: &Dialer, target: &ConnectionString) -> Result<ConnectionReport, DialError> {
    let connected = dialer.connect_bounded(target).await?;
    let pings = async {
        let mut times = [Duration::ZERO; 3];
        for time in &mut times {
            let start = Instant::now();
            store::ping(&connected.client).await.map_err(|error| answer::classify(&error))?;
            *time = start.elapsed();
        }
        times.sort_unstable();
        Ok(times[1])
    };
    let round_trip = dialer.bounded(pings).await?;
    let report = ConnectionReport {
        server_version: connected.server_version.clone(),
        tls: connected.tls,
        round_trip,
        address: connected.address,
    };
    connected.close().await;
    Ok(report)
}
