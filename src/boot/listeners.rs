//! The sockets: the console's, the data traffic's, and the metrics'.

use super::config::Config;
use super::connections::{self, Patience};
use super::parts::Parts;
use super::tls::{Certificate, TlsListener};
use crate::data_api;
use crate::web::{self, address::TrustedProxies};
use anyhow::Context;
use axum::Router;
use axum::routing::get;
use axum::serve::ListenerExt;
use futures::FutureExt;
use metrics_exporter_prometheus::PrometheusHandle;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::Service;

/// Bound, not yet served.
pub struct Listeners {
    console: TcpListener,
    data: TcpListener,
    metrics: TcpListener,
    /// Where the data listener speaks TLS.
    pub certificate: Option<Arc<Certificate>>,
}

impl Listeners {
    /// # Errors
    /// Names the key whose address is taken, or whose file is not what it should be.
    pub async fn bind(config: &Config) -> anyhow::Result<Self> {
        Ok(Self {
            console: bind("console.listen", config.console.listen).await?,
            data: bind("data.listen", config.data.listen).await?,
            metrics: bind("metrics.listen", config.metrics.listen).await?,
            certificate: Certificate::configured(&config.data)?,
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
        let patience = Patience::default();
        let routed = |router: Router| {
            move |client, request| {
                let mut router = router.clone();
                async move {
                    let Ok(response) = router.call(patience.routed(client, request)).await;
                    response
                }
            }
        };
        let console = connections::serve(self.console, patience, stop, routed(web::router(config, parts)?));
        let proxies = Arc::new(TrustedProxies(config.console.trusted_proxies.clone()));
        let data = data_api::State {
            verifier: parts.verifier.clone(),
            gateway: parts.gateway.clone(),
            rays: Arc::new(data_api::Rays::new(&parts.ctx.rng, &config.data.region)),
            clock: parts.ctx.clock.clone(),
            nodes: parts.nodes.clone(),
            pulse: parts.pulse.clone(),
        };
        let exposition = Router::new().route("/metrics", get(move || std::future::ready(metrics.render())));
        let data = match &self.certificate {
            Some(tls) => {
                let listener = TlsListener::new(self.data, tls.server_config()?);
                data_api::serve(listener, data, proxies, patience, stop).boxed()
            }
            None => {
                let listener = self.data.tap_io(|socket| _ = socket.set_nodelay(true));
                data_api::serve(listener, data, proxies, patience, stop).boxed()
            }
        };
        let metrics = connections::serve(self.metrics, patience, stop, routed(exposition));
        let renewing = async {
            if let Some(certificate) = &self.certificate {
                stop.run_until_cancelled(certificate.follow()).await;
            }
        };
        tokio::join!(console, data, metrics, renewing);
        Ok(())
    }
}

async fn bind(key: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    let variable = key.replace('.', "__").to_uppercase();
    TcpListener::bind(address).await.with_context(|| {
        format!("{key}: {address} cannot be listened on. If another program has it, stop that one or choose another with PENTAPRISM__{variable}")
    })
}
