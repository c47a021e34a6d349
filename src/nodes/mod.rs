//! The servers of one control database, and what they ask each other.
//!
//! Each knows the others by the table of gateways, in which it announces itself every two seconds. Requests go to the other's data listener by HTTP with
//! a proof (`control::gateways::proof`): transactions that the other holds, invalidations of what it keeps, measurements of its way to a database.

mod ask;
mod console;
mod invalidate;
mod measure;
mod peers;
pub mod receive;

pub use ask::Unanswered;
pub use measure::Measured;

use crate::boot::tls::Certificate;
use arc_swap::ArcSwap;
use control::gateways::beat::beat;
use control::gateways::leave::leave;
use control::gateways::live::live;
use control::gateways::{Gateway, NodeId};
use control::{Ctx, Error};
use peers::Peers;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::{Mutex, Semaphore};
use tokio::time::Instant;
use upstream::Dialer;

/// A node that is not known may have started a moment ago; so often is looked.
const LOOK: Duration = Duration::from_millis(250);

/// Measurements at once for other nodes: each takes a socket, and seconds where a database is silent.
const MEASUREMENTS: usize = 64;

/// This server among the others.
pub struct Nodes {
    ctx: Ctx,
    dialer: Arc<Dialer>,
    own: Gateway,
    certificate: OnceLock<Arc<Certificate>>,
    /// Those that lived when it was looked last, this one among them or not.
    live: ArcSwap<Vec<Gateway>>,
    looked: Mutex<Option<Instant>>,
    peers: Peers,
    /// Places for measurements that run for other nodes; those who ask have counted their people.
    measurements: Semaphore,
}

impl Nodes {
    pub fn new(ctx: Ctx, dialer: Arc<Dialer>, own: Gateway) -> Self {
        Self {
            ctx,
            dialer,
            own,
            certificate: OnceLock::new(),
            live: ArcSwap::default(),
            looked: Mutex::default(),
            peers: Peers::default(),
            measurements: Semaphore::new(MEASUREMENTS),
        }
    }

    /// Others will know this server by this certificate.
    pub fn speaks_tls(&self, certificate: Arc<Certificate>) {
        let _ = self.certificate.set(certificate);
    }

    /// This server, as it announces itself now.
    pub fn own(&self) -> Gateway {
        let certificate = self.certificate.get().map(|certificate| certificate.fingerprint());
        Gateway { certificate, ..self.own.clone() }
    }

    /// The number that stands in the ids of this server's transactions.
    pub fn number(&self) -> u32 {
        self.own.number
    }

    /// Says that this server lives, and looks which others do.
    pub async fn beat(&self) -> Result<(), Error> {
        beat(&self.ctx, &self.own()).await?;
        self.look().await.map(drop)
    }

    /// Nobody shall wait for this server any more.
    pub async fn leave(&self) -> Result<(), Error> {
        leave(&self.ctx, self.own.id).await
    }

    /// All that live by the registry now, and this one.
    pub async fn all(&self) -> Result<Vec<Gateway>, Error> {
        let mut all = self.look().await?.as_ref().clone();
        if !all.iter().any(|node| node.id == self.own.id) {
            all.push(self.own());
        }
        Ok(all)
    }

    /// Those that live by the registry now, but for this one.
    async fn others(&self) -> Result<Vec<Gateway>, Error> {
        let live = self.look().await?;
        Ok(live.iter().filter(|node| node.id != self.own.id).cloned().collect())
    }

    /// The live node that has this number, from memory where it is known.
    pub async fn find(&self, number: u32) -> Result<Option<Gateway>, Error> {
        let known = || self.live.load().iter().find(|node| node.number == number).cloned();
        if let Some(node) = known() {
            return Ok(Some(node));
        }
        let asked = Instant::now();
        let mut looked = self.looked.lock().await;
        // One look serves all who waited for it.
        if looked.is_none_or(|at| at < asked) {
            if let Some(at) = *looked {
                tokio::time::sleep_until(at + LOOK).await;
            }
            *looked = Some(Instant::now());
            self.look().await?;
        }
        Ok(known())
    }

    async fn look(&self) -> Result<Arc<Vec<Gateway>>, Error> {
        let live = Arc::new(live(&self.ctx).await?);
        self.peers.keep(&live);
        self.live.store(Arc::clone(&live));
        Ok(live)
    }

    fn lives(&self, id: NodeId) -> bool {
        self.live.load().iter().any(|node| node.id == id)
    }
}
