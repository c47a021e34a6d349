//! Gateways: the servers of this control database, each in a region, and how they know each other.
//!
//! A server announces itself when it starts and every two seconds from then on. Which of them live is told by the database's clock, so the clocks of
//! the machines do not matter. What they ask each other carries a [`proof`].

pub mod beat;
pub mod leave;
pub mod live;
pub mod proof;
mod store;

use crate::Rng;
use std::fmt;
use uuid::Uuid;

/// Names a server from its start to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub(crate) Uuid);

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_simple().fmt(f)
    }
}

/// A server, as it announces itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gateway {
    pub id: NodeId,
    /// Stands in the ids of the transactions that it holds.
    pub number: u32,
    pub region: String,
    /// `http://10.0.0.1:3001`: where other servers reach it; none where it cannot tell.
    pub node_url: Option<String>,
    /// The SHA-256 of its certificate, where it speaks TLS.
    pub certificate: Option<[u8; 32]>,
    /// `https://gateway.example.com`: where applications reach it.
    pub public_url: String,
}

impl Gateway {
    /// One that starts now.
    pub fn new(rng: &Rng, region: String, node_url: Option<String>, public_url: String) -> Self {
        let id = NodeId(uuid::Builder::from_random_bytes(rng.bytes()).into_uuid());
        Self { id, number: u32::from_le_bytes(rng.bytes()), region, node_url, certificate: None, public_url }
    }
}
