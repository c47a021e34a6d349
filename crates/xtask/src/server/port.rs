//! Ports of the loopback interface: free ones, and whether a certain one is.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use anyhow::{Context, Result, bail};

use super::http;

/// `N` addresses that nobody listens on, all different.
pub fn free<const N: usize>() -> Result<[SocketAddr; N]> {
    // Held together, so that none is given out twice.
    let held = (0..N).map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).collect::<Result<Vec<_>, _>>()?;
    let addresses = held.iter().map(TcpListener::local_addr).collect::<Result<Vec<_>, _>>()?;
    addresses.try_into().ok().context("as many addresses as listeners")
}

/// Fails with the remedy when somebody listens there; `variable` is what moves the server elsewhere.
pub fn must_be_free(address: SocketAddr, variable: &str) -> Result<()> {
    let Err(error) = TcpListener::bind(address) else { return Ok(()) };
    if error.kind() != ErrorKind::AddrInUse {
        return Err(error).with_context(|| format!("the server cannot listen on {address} (set by {variable})"));
    }
    if http::status(address, "/healthz") == Some(200) {
        bail!(
            "{address} is taken, it seems by Pentaprism itself: stop the `cargo x up` of the other terminal, or use that one."
        );
    }
    let mut elsewhere = address;
    elsewhere.set_port(address.port().saturating_add(100));
    bail!(
        "{address} is taken by another program. Stop that, or choose another address:\n\n    {variable}={elsewhere} cargo x up"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_addresses_are_different_and_free() {
        let [one, two] = free().unwrap();
        assert_ne!(one, two);
        must_be_free(one, "VARIABLE").unwrap();
    }

    #[test]
    fn a_taken_address_comes_with_the_remedy() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        // Answers nobody, as a program of another protocol would.
        let error = must_be_free(listener.local_addr().unwrap(), "VARIABLE").unwrap_err().to_string();
        assert!(error.contains("is taken by another program") && error.contains("VARIABLE=127.0.0.1:"), "{error}");
    }
}
