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
    let workers = workers::start(&parts, &stop);
    tracing::info!(console = %config.console.url(), "the console is ready");
    let served = listeners.serve(&config, &parts, metrics, &stop).await;
    stop.cancel();
    let worked = workers.wait().await;
    parts.stop().await;
    served.and(worked)
}
