//! Change streams: what the engine asks of the control plane, answered by it, and what this node does for resources that have Pulse.
//!
//! ```text
//! Captures -lease-> pulse::capture -> ControlJournal -> the control database -> Tails -> Reader: a subscriber, on any node
//! ```

mod captures;
mod cleaning;
mod console;
mod doors;
mod gauges;
mod journal;
mod piece;
mod reader;
mod surveys;
mod tails;

use doors::Doors;
pub use doors::{Admitted, Door};
pub use piece::{Audience, Piece};
pub use reader::Reader;
pub use tails::Tails;

use super::parts::apart;
use control::Ctx;
use control::gateways::NodeId;
use control::pulse::{directory, journal as events};
use kernel::ResourceId;
use metrics::{Counter, counter};
use pulse::setup::{TableName, Tables};
use secrecy::ExposeSecret;
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use surveys::Surveys;
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use upstream::{ConnectionString, Dialer};

/// To the control database, beside those of requests.
const CONNECTIONS: u32 = 4;
/// For subscribers to hear that this node ends.
const FAREWELL: Duration = Duration::from_secs(5);

/// What one resource may take of this node.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub stream_connections: usize,
    pub subscribe_connections: usize,
    /// Of a change.
    pub event_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { stream_connections: 1000, subscribe_connections: 20, event_bytes: 8 << 20 }
    }
}

/// Change streams of this node.
#[derive(Clone)]
pub struct Pulse {
    pub ctx: Ctx,
    pub tails: Arc<Tails>,
    pub doors: Arc<Doors>,
    /// Events that subscribers were told.
    pub delivered: Counter,
    limits: Limits,
    dialer: Arc<Dialer>,
    node: NodeId,
    surveys: Arc<Surveys>,
    closing: CancellationToken,
    sockets: TaskTracker,
}

impl Pulse {
    pub fn new(ctx: Ctx, dialer: Arc<Dialer>, node: NodeId, limits: Limits) -> Self {
        Self {
            tails: Arc::new(Tails::new(ctx.clone())),
            doors: Arc::new(Doors::new([limits.stream_connections, limits.subscribe_connections])),
            delivered: counter!("pentaprism_pulse_events_delivered_total"),
            limits,
            ctx,
            dialer,
            node,
            surveys: Arc::default(),
            closing: CancellationToken::new(),
            sockets: TaskTracker::new(),
        }
    }

    /// Captures what nobody else captures, until `stop`; then others may at once.
    ///
    /// It has a thread and connections of its own: however many subscribers there are to be told, neither changes nor leases wait for their turn.
    pub async fn capture(&self, stop: &CancellationToken) {
        let (pulse, stop) = (self.clone(), stop.clone());
        let (done, ended) = oneshot::channel::<()>();
        let captured = thread::Builder::new().name("pulse-capture".to_owned()).spawn(move || {
            let _done = done;
            let runtime = Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let pulse = Self { ctx: apart(&pulse.ctx, CONNECTIONS), ..pulse };
                captures::Captures::default().run(&pulse, &stop).await;
                pulse.ctx.db.close().await;
            });
            std::io::Result::Ok(())
        });
        if let Err(error) = captured {
            tracing::error!(%error, "there is no thread for change streams, so nothing is captured here");
            return;
        }
        // It says nothing: it is dropped at the end.
        _ = ended.await;
    }

    /// Removes events that nobody needs any more.
    pub async fn prune(&self) -> Result<(), control::Error> {
        let pruned = events::prune(&self.ctx).await?;
        if pruned.unacknowledged > 0 {
            let count = pruned.unacknowledged;
            tracing::warn!(count, "events were older than their retention, and some stream had not acknowledged them");
        }
        Ok(())
    }

    /// The schema in which a client's tables are where it names none.
    pub async fn schema(&self, id: ResourceId) -> Result<Option<String>, control::Error> {
        let Some(text) = directory::connection(&self.ctx, id).await? else { return Ok(None) };
        Ok(ConnectionString::parse(text.expose_secret()).ok().map(|target| target.schema().to_owned()))
    }

    /// A subscriber's connection, which [`Pulse::close`] waits for.
    pub async fn serve(&self, connection: impl Future<Output = ()>) {
        self.sockets.track_future(connection).await;
    }

    /// Ends with this node.
    pub async fn closing(&self) {
        self.closing.cancelled().await;
    }

    /// Tells subscribers to go elsewhere.
    pub async fn close(&self) {
        self.closing.cancel();
        self.sockets.close();
        if timeout(FAREWELL, self.sockets.wait()).await.is_err() {
            tracing::warn!("some subscribers did not take their farewell");
        }
    }
}

/// As the control plane names them; none is all.
fn tables(chosen: Option<Vec<(String, String)>>) -> Tables {
    let name = |(schema, name)| TableName { schema, name };
    chosen.map_or(Tables::All, |chosen| Tables::Chosen(chosen.into_iter().map(name).collect()))
}
