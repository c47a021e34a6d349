//! "Test connection": what a person wants to know of a connection string before relying on it.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

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

/// Tests that run at once, together and for one user. Each holds a socket for seconds while its server is silent.
const MOST: usize = 64;
const MOST_OF_ONE: usize = 4;

/// The tests that run now.
#[derive(Debug, Default)]
pub struct Tests(Mutex<HashMap<u128, usize>>);

impl Tests {
    /// A place for one more test of this user, whatever number stands for them, to be held while it runs; none while there are too many.
    pub fn begin(&self, user: u128) -> Option<Test<'_>> {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = running.get(&user).copied().unwrap_or_default();
        if own >= MOST_OF_ONE || running.values().sum::<usize>() >= MOST {
            return None;
        }
        running.insert(user, own + 1);
        Some(Test { tests: self, user })
    }
}

/// A place among the running tests, given back when dropped.
#[derive(Debug)]
#[must_use]
pub struct Test<'a> {
    tests: &'a Tests,
    user: u128,
}

impl Drop for Test<'_> {
    fn drop(&mut self) {
        let mut running = self.tests.0.lock().unwrap_or_else(PoisonError::into_inner);
        match running.get_mut(&self.user) {
            Some(own) if *own > 1 => *own -= 1,
            _ => drop(running.remove(&self.user)),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_user_runs_four_tests_and_all_together_sixty_four() {
        let tests = Tests::default();
        let mut held: Vec<_> = (0..MOST_OF_ONE).map(|_| tests.begin(0).unwrap()).collect();
        assert!(tests.begin(0).is_none());
        held.pop();
        held.push(tests.begin(0).unwrap());
        for n in 1..16 {
            held.extend((0..MOST_OF_ONE).map(|_| tests.begin(n).unwrap()));
        }
        assert!(tests.begin(99).is_none());
        held.clear();
        assert!(tests.begin(99).is_some());
        assert!(tests.0.lock().unwrap().is_empty());
    }
}
