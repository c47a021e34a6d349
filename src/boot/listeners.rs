//! The sockets: the console's, and the metrics'.

use super::config::Config;
use super::parts::Parts;
use crate::web;
use anyhow::Context;
use axum::Router;
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Bound, not yet served.
pub struct Listeners {
    console: TcpListener,
    metrics: TcpListener,
}

impl Listeners {
    /// # Errors
    /// Names the key whose address is taken.
    pub async fn bind(config: &Config) -> anyhow::Result<Self> {
        Ok(Self {
            console: bind("console.listen", config.console.listen).await?,
            metrics: bind("metrics.listen", config.metrics.listen).await?,
        })
    }

    /// Serves until `stop`, then lets running requests end.
    pub async fn serve(
        self,
        config: &Config,
        parts: &Parts,
        metrics: PrometheusHandle,
        stop: &CancellationToken,
    ) -> anyhow::Result<()> {
        let console = web::router(config, parts)?.into_make_service_with_connect_info::<SocketAddr>();
        let exposition = Router::new().route("/metrics", get(move || std::future::ready(metrics.render())));
        let console = axum::serve(self.console, console).with_graceful_shutdown(stop.clone().cancelled_owned());
        let metrics = axum::serve(self.metrics, exposition).with_graceful_shutdown(stop.clone().cancelled_owned());
        tokio::try_join!(console.into_future(), metrics.into_future())?;
        Ok(())
    }
}

async fn bind(key: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    let variable = key.replace('.', "__").to_uppercase();
    TcpListener::bind(address).await.with_context(|| {
        format!("{key}: {address} cannot be listened on. If another program has it, stop that one or choose another with PENTAPRISM__{variable}")
    })
}
