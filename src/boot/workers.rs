//! What runs beside the requests.

use super::mailer::SmtpMailer;
use super::parts::{Parts, guard};
use control::identity::{links, sessions};
use control::keys::verify;
use control::operator::settings;
use control::orgs::invitations;
use control::{Ctx, Error, mail};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use upstream::Dialer;

const SECOND: Duration = Duration::from_secs(1);
const TEN_MINUTES: Duration = Duration::from_secs(600);

/// Started with the server, ended with it.
pub struct Workers(TaskTracker);

impl Workers {
    pub async fn wait(self) {
        self.0.close();
        self.0.wait().await;
    }
}

pub fn start(parts: &Parts, stop: &CancellationToken) -> Workers {
    let tracker = TaskTracker::new();
    let (ctx, dialer) = (parts.ctx.clone(), parts.dialer.clone());
    tracker.spawn(every(SECOND, stop.clone(), "operators' settings were not read", move || {
        follow_settings(ctx.clone(), dialer.clone())
    }));
    let ctx = parts.ctx.clone();
    tracker.spawn(every(TEN_MINUTES, stop.clone(), "what has ended was not removed", move || tidy(ctx.clone())));
    let (ctx, verifier, ended) = (parts.ctx.clone(), parts.verifier.clone(), stop.clone());
    tracker.spawn(async move { verify::run(&ctx, &verifier, ended.cancelled()).await });
    if let Some(mailer) = parts.mailer.clone() {
        let ctx = parts.ctx.clone();
        tracker.spawn(every(SECOND, stop.clone(), "the outbox was not read", move || {
            deliver(ctx.clone(), mailer.clone())
        }));
    }
    Workers(tracker)
}

/// Runs `work` now and after every `period`; a failure is logged and tried again. It is never cut off in the middle.
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

/// The dialler's denied ranges are an operator's setting.
async fn follow_settings(ctx: Ctx, dialer: Arc<Dialer>) -> Result<(), Error> {
    dialer.set_guard(guard(&settings::load(&ctx).await?));
    Ok(())
}

async fn tidy(ctx: Ctx) -> Result<(), Error> {
    sessions::delete_expired(&ctx).await?;
    links::delete_expired(&ctx).await?;
    invitations::list::delete_expired(&ctx).await?;
    verify::prune(&ctx).await?;
    Ok(())
}

async fn deliver(ctx: Ctx, mailer: Arc<SmtpMailer>) -> Result<(), Error> {
    mail::deliver::deliver_due(&ctx, mailer.as_ref()).await.map(drop)
}
