//! Which resources this node captures: those whose leases it holds.

use super::gauges::Gauges;
use super::journal::ControlJournal;
use super::{Pulse, cleaning, tables};
use control::Error;
use control::pulse::directory::{self, Wanted};
use control::pulse::leases::{self, Lease};
use control::pulse::leftovers;
use kernel::ResourceId;
use pulse::capture::{Capture, Fence, Live, Settings};
use pulse::setup::{self, Names};
use secrecy::ExposeSecret;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use upstream::ConnectionString;

const TICK: Duration = Duration::from_millis(500);
/// A control database that is slower than this keeps no lease alive.
const PATIENCE: Duration = Duration::from_secs(2);
const AGAIN: Duration = Duration::from_secs(5);

#[derive(Default)]
pub struct Captures(HashMap<ResourceId, Held>);

/// What is done under a lease.
struct Held {
    lease: Lease,
    /// Of what is captured; none where a database is cleaned.
    version: Option<String>,
    renewed: Instant,
    task: JoinHandle<()>,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Captures {
    pub async fn run(mut self, pulse: &Pulse, stop: &CancellationToken) {
        loop {
            if let Err(error) = self.step(pulse).await {
                tracing::warn!(%error, "the leases of change streams were not looked after; tried again");
            }
            if stop.run_until_cancelled(sleep(TICK)).await.is_none() {
                break;
            }
        }
        let ids: Vec<_> = self.0.keys().copied().collect();
        for id in ids {
            if let Err(error) = self.end(pulse, id).await {
                tracing::warn!(%error, "a lease was not given up; it ends by itself");
            }
        }
    }

    async fn step(&mut self, pulse: &Pulse) -> Result<(), Error> {
        self.renew(pulse).await?;
        let wanted = directory::wanted(&pulse.ctx).await?;
        let is_over = |(id, held): (&ResourceId, &Held)| {
            let is_wanted = |wanted: &Wanted| wanted.resource == *id && held.version.as_ref() == Some(&wanted.version);
            let is_over = held.task.is_finished() || held.version.is_some() && !wanted.iter().any(is_wanted);
            is_over.then_some(*id)
        };
        let over: Vec<_> = self.0.iter().filter_map(is_over).collect();
        for id in over {
            self.end(pulse, id).await?;
        }
        for id in leftovers::due(&pulse.ctx).await? {
            if let Some(lease) = self.take(pulse, id).await? {
                let clean = cleaning::clean(pulse.ctx.clone(), Arc::clone(&pulse.dialer), lease);
                self.hold(lease, None, tokio::spawn(clean));
            }
        }
        for Wanted { resource, version, .. } in wanted.into_iter().filter(|wanted| wanted.is_free) {
            if let Some(lease) = self.take(pulse, resource).await? {
                tracing::info!(%resource, token = lease.token, "changes are captured here");
                let capture = Self::capture(pulse, lease);
                self.hold(lease, Some(version), tokio::spawn(capture));
            }
        }
        Ok(())
    }

    /// Ends what is not ours any more, or may not be.
    async fn renew(&mut self, pulse: &Pulse) -> Result<(), Error> {
        let (asked, leases) = (Instant::now(), self.0.values().map(|held| held.lease).collect::<Vec<_>>());
        if leases.is_empty() {
            return Ok(());
        }
        let renewed = timeout(PATIENCE, leases::renew(&pulse.ctx, &leases)).await;
        if let Ok(Ok(kept)) = &renewed {
            self.0.retain(|id, _| kept.contains(id));
            self.0.values_mut().for_each(|held| held.renewed = asked);
        }
        self.0.retain(|_, held| held.renewed.elapsed() < leases::TERM);
        renewed.unwrap_or(Ok(Vec::new())).map(drop)
    }

    async fn take(&self, pulse: &Pulse, id: ResourceId) -> Result<Option<Lease>, Error> {
        if self.0.contains_key(&id) { Ok(None) } else { leases::take(&pulse.ctx, id, pulse.node).await }
    }

    fn hold(&mut self, lease: Lease, version: Option<String>, task: JoinHandle<()>) {
        self.0.insert(lease.resource, Held { lease, version, renewed: Instant::now(), task });
    }

    async fn end(&mut self, pulse: &Pulse, id: ResourceId) -> Result<(), Error> {
        let Some(mut held) = self.0.remove(&id) else { return Ok(()) };
        held.task.abort();
        // Its connection to the database is closed then.
        _ = (&mut held.task).await;
        leases::give_up(&pulse.ctx, held.lease).await
    }

    fn capture(pulse: &Pulse, lease: Lease) -> impl Future<Output = ()> + Send + use<> {
        let (ctx, dialer, tails) = (pulse.ctx.clone(), Arc::clone(&pulse.dialer), Arc::clone(&pulse.tails));
        let (resource, names, event_bytes) = (lease.resource, Names::of(lease.resource), pulse.limits.event_bytes);
        async move {
            let target = loop {
                let prepared = async {
                    let target =
                        directory::target(&ctx, resource).await?.ok_or_else(|| anyhow::anyhow!("it is gone"))?;
                    let database = ConnectionString::parse(target.connection.expose_secret())?;
                    let is_published = setup::published(&dialer, &database, &names.publication).await?.is_some();
                    if !target.automatic {
                        let has_slot = setup::slot_status(&dialer, &database, &names.slot).await?.is_some();
                        anyhow::ensure!(is_published && has_slot, "publication and slot are not made yet");
                    } else if !is_published {
                        let tables = tables(target.tables);
                        setup::create_publication(&dialer, &database, &names.publication, &tables).await?;
                    }
                    anyhow::Ok(database)
                };
                match prepared.await {
                    Ok(target) => break target,
                    Err(error) => tracing::warn!(%resource, %error, "changes cannot be published yet; tried again"),
                }
                sleep(AGAIN).await;
            };
            let capture = Capture {
                dialer,
                target,
                names,
                journal: ControlJournal::new(ctx, resource, tails),
                fence: Fence(u64::try_from(lease.token).unwrap_or_default()),
                // Subscribers hear what is in the journal.
                live: Live::new(1),
                settings: Settings { change_most: event_bytes, ..Settings::default() },
                status: Default::default(),
            };
            let gauges = Gauges::new(resource);
            let (status, dialer) = (capture.status.subscribe(), Arc::clone(&capture.dialer));
            let watched = gauges.follow(status, &dialer, &capture.target, &capture.names.slot);
            tokio::select! {
                () = capture.run() => {}
                () = watched => {}
            }
        }
    }
}
