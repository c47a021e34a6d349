//! What runs beside the requests.

use super::mailer::SmtpMailer;
use super::meter::flush::Flush;
use super::parts::{Parts, guard};
use anyhow::ensure;
use control::gateways::leave;
use control::identity::{links, sessions};
use control::keys::verify;
use control::operator::settings;
use control::orgs::invitations;
use control::usage::keep::keep;
use control::usage::roll_up::roll_up;
use control::{Ctx, Error, database, mail};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use upstream::Dialer;

const UNTOLD: &str = "what gateways saw was not written";
const SECOND: Duration = Duration::from_secs(1);
/// Others take a server for gone that says nothing for ten.
const TWO_SECONDS: Duration = Duration::from_secs(2);
const TEN_SECONDS: Duration = Duration::from_secs(10);
const TEN_MINUTES: Duration = Duration::from_secs(600);

/// Started with the server, ended with it.
pub struct Workers {
    tracker: TaskTracker,
    stale: Arc<AtomicBool>,
    flush: Arc<Flush>,
}

impl Workers {
    /// # Errors
    /// When it was they who ended the server: its master key opens nothing any more.
    pub async fn wait(self) -> anyhow::Result<()> {
        self.tracker.close();
        self.tracker.wait().await;
        // What the last requests did.
        if let Err(error) = self.flush.run().await {
            tracing::warn!(error = %error, "{UNTOLD}");
        }
        ensure!(
            !self.stale.load(Ordering::Relaxed),
            "the control database is under another master key since a moment ago. Give this server the new one and start it again"
        );
        Ok(())
    }
}

pub fn start(parts: &Parts, stop: &CancellationToken) -> Workers {
    let (tracker, stale) = (TaskTracker::new(), Arc::new(AtomicBool::new(false)));
    let (ctx, dialer) = (parts.ctx.clone(), parts.dialer.clone());
    let (end, lost) = (stop.clone(), stale.clone());
    tracker.spawn(every(SECOND, stop.clone(), "operators' settings were not read", move || {
        follow_settings(ctx.clone(), dialer.clone(), end.clone(), lost.clone())
    }));
    let ctx = parts.ctx.clone();
    tracker.spawn(every(TEN_MINUTES, stop.clone(), "what has ended was not removed", move || tidy(ctx.clone())));
    let nodes = parts.nodes.clone();
    tracker.spawn(every(TWO_SECONDS, stop.clone(), "the other nodes were not told that this one lives", move || {
        let nodes = nodes.clone();
        async move { nodes.beat().await }
    }));
    let (ctx, verifier, ended) = (parts.ctx.clone(), parts.verifier.clone(), stop.clone());
    tracker.spawn(async move { verify::run(&ctx, &verifier, ended.cancelled()).await });
    let (routes, ended) = (parts.routes.clone(), stop.clone());
    tracker.spawn(async move { ended.run_until_cancelled(routes.follow()).await });
    let (gateway, ended) = (parts.gateway.clone(), stop.clone());
    tracker.spawn(async move { ended.run_until_cancelled(gateway.tend()).await });
    let (pulse, ended) = (parts.pulse.clone(), stop.clone());
    tracker.spawn(async move { pulse.capture(&ended).await });
    let pulse = parts.pulse.clone();
    tracker.spawn(every(TEN_SECONDS, stop.clone(), "events that nobody needs were not removed", move || {
        let pulse = pulse.clone();
        async move { pulse.prune().await }
    }));
    let flush = Arc::new(Flush::new(parts.ctx.clone(), parts.counts.clone(), parts.nodes.own().id));
    let (again, ended) = (flush.clone(), stop.clone());
    tracker.spawn(every(SECOND, ended, UNTOLD, move || {
        let flush = again.clone();
        async move { flush.run().await }
    }));
    let ctx = parts.ctx.clone();
    tracker.spawn(every(TWO_SECONDS, stop.clone(), "usage was not rolled up", move || {
        let ctx = ctx.clone();
        async move { roll_up(&ctx).await }
    }));
    let ctx = parts.ctx.clone();
    tracker.spawn(every(TEN_MINUTES, stop.clone(), "usage has no place for its minutes", move || {
        let ctx = ctx.clone();
        async move { keep(&ctx).await }
    }));
    if let Some(mailer) = parts.mailer.clone() {
        let (ctx, end) = (parts.ctx.clone(), stop.clone());
        tracker.spawn(every(SECOND, stop.clone(), "the outbox was not read", move || {
            deliver(ctx.clone(), mailer.clone(), end.clone())
        }));
    }
    Workers { tracker, stale, flush }
}

/// Runs `work` now and after every `period`; a failure is logged and tried again. It is not cut off in the middle.
async fn every<F: Future<Output = Result<(), Error>>>(
    period: Duration,
    stop: CancellationToken,
    failure: &'static str,
    work: impl Fn() -> F,
) {
    loop {
        if let Err(error) = work().await {
            tracing::warn!(error = %error, "{failure}; tried again");
        }
        if stop.run_until_cancelled(tokio::time::sleep(period)).await.is_none() {
            break;
        }
    }
}

/// The dialler's denied ranges are an operator's setting. And a server whose master key was rotated away ends: it would seal what nobody opens.
async fn follow_settings(
    ctx: Ctx,
    dialer: Arc<Dialer>,
    stop: CancellationToken,
    stale: Arc<AtomicBool>,
) -> Result<(), Error> {
    if !database::still_knows_master_key(&ctx).await? {
        stale.store(true, Ordering::Relaxed);
        stop.cancel();
        return Ok(());
    }
    dialer.set_guard(guard(&settings::load(&ctx).await?));
    Ok(())
}

async fn tidy(ctx: Ctx) -> Result<(), Error> {
    sessions::delete_expired(&ctx).await?;
    links::delete_expired(&ctx).await?;
    invitations::list::delete_expired(&ctx).await?;
    verify::prune(&ctx).await?;
    leave::tidy(&ctx).await?;
    Ok(())
}

/// A mail server that is slow does not hold up the end for long: what it has not taken by then stays in the outbox.
async fn deliver(ctx: Ctx, mailer: Arc<SmtpMailer>, stop: CancellationToken) -> Result<(), Error> {
    let late = async {
        stop.cancelled().await;
        tokio::time::sleep(TEN_SECONDS).await;
    };
    tokio::select! {
        delivered = mail::deliver::deliver_due(&ctx, mailer.as_ref()) => delivered.map(drop),
        () = late => Ok(()),
    }
}
