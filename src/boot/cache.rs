//! The server that holds kept answers for all nodes, where one is configured.

use super::config::Cache;
use accelerate::{CacheServer, CacheSettings};
use anyhow::Context;
use control::{Ctx, database};
use std::sync::Arc;
use std::time::Duration;

/// Connects to it. One that does not answer now is looked for in the background: a node may start while its cache is away.
///
/// # Errors
/// Where the configuration is wrong, or the server refuses it.
pub async fn connect(config: &Cache, ctx: &Ctx) -> anyhow::Result<Option<Arc<CacheServer>>> {
    let Some(url) = &config.url else { return Ok(None) };
    let ca = match &config.ca_file {
        Some(file) => Some(std::fs::read(file).with_context(|| format!("cache.ca_file: {}", file.display()))?),
        None => None,
    };
    // A copy of the control database that grew apart must not be told the answers of the original, nor the other way round.
    let (system_identifier, name) = database::identity(ctx).await?;
    let secret = ctx.vault.derive(&format!("accelerate.cache:{system_identifier:?}:{name}"));
    let limit = Duration::from_millis(config.timeout_ms.into());
    let settings = CacheSettings { url: url.clone().into(), ca, limit, secret };
    CacheServer::connect(settings).await.map(Some).context("cache.url")
}
