//! Databases of throwaway clusters.

use std::{
    net::SocketAddr,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};

use pulse::{
    Lsn,
    setup::{self, Names, Tables},
    source::{self, ChangeSource, Frame, Pace, Replication},
};
use secrecy::ExposeSecret;
use testkit::Cluster;
use upstream::{ConnectionString, Dialer};

static CLUSTER: LazyLock<Cluster> = LazyLock::new(cluster);
static DATABASES: AtomicU64 = AtomicU64::new(0);

/// One that streams transactions from 64 kB on, and has room for the slots of many tests.
pub fn cluster() -> Cluster {
    let settings = [("logical_decoding_work_mem", "64kB"), ("max_replication_slots", "50"), ("max_wal_senders", "50")];
    Cluster::throwaway_with(&settings).unwrap()
}

/// A database with its slot's name.
pub struct World {
    pub dialer: Arc<Dialer>,
    pub target: ConnectionString,
    pub names: Names,
}

impl World {
    /// A new database of the shared cluster.
    pub async fn new() -> Self {
        Self::of(&CLUSTER).await
    }

    pub async fn of(cluster: &Cluster) -> Self {
        let number = DATABASES.fetch_add(1, Ordering::Relaxed);
        let url = cluster.create_database(&format!("pulse{number}")).unwrap();
        let name = format!("pentaprism_test{number}");
        Self {
            dialer: Arc::new(Dialer::new()),
            target: ConnectionString::parse(&url).unwrap(),
            names: Names { slot: name.clone(), publication: name },
        }
    }

    /// Where the shared cluster listens.
    pub fn address(&self) -> SocketAddr {
        CLUSTER.address()
    }

    /// The same database by another way.
    pub fn through(&self, address: SocketAddr) -> ConnectionString {
        let url = self.target.expose_url();
        let url = url.expose_secret().replace(&self.address().to_string(), &address.to_string());
        ConnectionString::parse(&url).unwrap()
    }

    /// Tables by `schema`, published all, and a slot.
    pub async fn prepared(schema: &str) -> Self {
        let world = Self::new().await;
        world.execute(schema).await;
        world.prepare().await;
        world
    }

    pub async fn prepare(&self) -> Lsn {
        setup::create_publication(&self.dialer, &self.target, &self.names.publication, &Tables::All).await.unwrap();
        source::create_slot(&self.dialer, &self.target, &self.names.slot).await.unwrap()
    }

    /// Runs statements, each simple query in one transaction.
    pub async fn execute(&self, sql: &str) {
        let connected = self.dialer.connect(&self.target).await.unwrap();
        connected.client.batch_execute(sql).await.unwrap();
        connected.close().await;
    }

    pub async fn start(&self) -> Result<Replication, pulse::Error> {
        let Names { slot, publication } = &self.names;
        Replication::start(&self.dialer, &self.target, slot, publication, Lsn(0), Pace::default(), usize::MAX).await
    }
}

/// The next message, passing over signs of life.
pub async fn message(source: &mut impl ChangeSource) -> Result<bytes::Bytes, pulse::Error> {
    loop {
        if let Frame::Message(message) = source.next().await? {
            return Ok(message);
        }
    }
}
