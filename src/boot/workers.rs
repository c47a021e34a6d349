//! What runs beside the requests.

use super::parts::Parts;
use control::identity::sessions;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

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
    let (ctx, stop) = (parts.ctx.clone(), stop.clone());
    tracker.spawn(async move {
        let mut hour = tokio::time::interval(Duration::from_secs(3600));
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                _ = hour.tick() => {
                    if let Err(error) = sessions::delete_expired(&ctx).await {
                        tracing::warn!(error = %error, "ended sessions were not removed; tried again in an hour");
                    }
                }
            }
        }
    });
    Workers(tracker)
}
