//! `pentaprism serve`

use crate::boot::config::Config;
use crate::boot::listeners::Listeners;
use crate::boot::parts::Parts;
use crate::boot::{shutdown, telemetry, workers};
use clap::Args;

#[derive(Debug, Args)]
pub struct Serve {
    /// Where this gateway runs, as the console names it; instead of data.region.
    #[arg(long, value_name = "NAME")]
    region: Option<String>,
}

impl Serve {
    pub async fn run(self, mut config: Config) -> anyhow::Result<()> {
        if let Some(region) = self.region {
            config.data.region = region;
            config.check()?;
        }
        run(config).await
    }
}

async fn run(config: Config) -> anyhow::Result<()> {
    telemetry::start(&config.log)?;
    let metrics = telemetry::metrics()?;
    // Before Postgres starts: a taken port is the commonest mistake and must cost no time.
    let listeners = Listeners::bind(&config).await?;
    let stop = shutdown::signal()?;
    let parts = tokio::select! {
        parts = Parts::for_server(&config) => parts?,
        () = stop.cancelled() => return Ok(()),
    };
    if let Some(certificate) = &listeners.certificate {
        parts.nodes.speaks_tls(certificate.clone());
    }
    // Before the first request, so that no node misses what this one may come to keep.
    parts.nodes.beat().await?;
    if parts.nodes.own().node_url.is_none() {
        tracing::info!("other servers of the same database, if there are any, need data.node_url to reach this one");
    }
    let workers = workers::start(&parts, &stop);
    tracing::info!(console = %config.console.url(), "the console is ready");
    let served = listeners.serve(&config, &parts, metrics, &stop).await;
    stop.cancel();
    let worked = workers.wait().await;
    if let Err(error) = parts.nodes.leave().await {
        tracing::warn!(%error, "the other nodes were not told that this one ends");
    }
    parts.stop().await;
    served.and(worked)
}
