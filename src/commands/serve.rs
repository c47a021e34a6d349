//! `pentaprism serve`

use crate::boot::config::Config;
use crate::boot::listeners::Listeners;
use crate::boot::parts::Parts;
use crate::boot::{shutdown, telemetry, workers};

pub async fn run(config: Config) -> anyhow::Result<()> {
    telemetry::start(&config.log)?;
    let metrics = telemetry::metrics()?;
    // Before Postgres starts: a taken port is the commonest mistake and must cost no time.
    let listeners = Listeners::bind(&config).await?;
    let stop = shutdown::signal()?;
    let parts = tokio::select! {
        parts = Parts::for_server(&config) => parts?,
        () = stop.cancelled() => return Ok(()),
    };
    let workers = workers::start(&parts, &stop);
    tracing::info!(console = %config.console.url(), "the console is ready");
    let served = listeners.serve(&config, &parts, metrics, &stop).await;
    stop.cancel();
    let worked = workers.wait().await;
    parts.stop().await;
    served.and(worked)
}
