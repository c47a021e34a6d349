//! Notifications make the feed prompt. Without them it is late by a poll, never wrong.

use super::Verifier;
use crate::Ctx;
use sqlx::postgres::{PgListener, PgPoolOptions};
use std::convert::Infallible;
use std::time::Duration;
use tokio::time::sleep;

const RETRY: Duration = Duration::from_secs(5);

/// Wakes the feed for each notification, for ever.
pub(super) async fn listen(ctx: &Ctx, verifier: &Verifier) {
    loop {
        let Err(error) = forward(ctx, verifier).await;
        tracing::debug!(%error, "no notifications of changed API keys for now; polling goes on");
        sleep(RETRY).await;
    }
}

async fn forward(ctx: &Ctx, verifier: &Verifier) -> Result<Infallible, sqlx::Error> {
    // Its own pool of one: a listener keeps its connection for good.
    let options = ctx.db.connect_options().as_ref().clone().application_name("pentaprism key listener");
    let pool = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None).connect_lazy_with(options);
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.listen("key_change").await?;
    loop {
        verifier.wake.notify_one();
        // None says that the connection was lost and made again: something may have been missed, so that wakes the feed too.
        listener.try_recv().await?;
    }
}
