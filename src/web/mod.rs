//! The console over HTTP.
//!
//! From the outside in: request log, security headers, same-origin check, session, flash, answers to forms, recovery from panics, login guard;
//! then pages and server functions. Health and assets stand beside all from the same-origin check on.

pub mod address;
mod assets;
mod flash;
mod forms;
mod guard;
mod headers;
mod health;
mod hosts;
pub mod observe;
mod pages;
pub mod recover;
mod same_origin;
mod session;

use crate::boot::config::Config;
use crate::boot::parts::Parts;
use app::calls::Server;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use axum::{Extension, Router};
use std::sync::Arc;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

/// No form of the console is longer.
const BODY_LIMIT: usize = 256 * 1024;

/// The whole console.
pub fn router(config: &Config, parts: &Parts) -> anyhow::Result<Router> {
    let assets = assets::Bundle::embedded()?;
    let secure = config.console.is_https();
    let server = Server {
        ctx: parts.ctx.clone(),
        dialer: parts.dialer.clone(),
        tests: Arc::default(),
        gateways: parts.nodes.clone(),
        streams: parts.pulse.clone(),
        insecure_http: config.console.insecure_http && !secure,
        page_wait: Duration::from_millis(config.console.page_wait_ms.into()),
    };
    let hosts = Arc::new(hosts::Hosts::of(&config.console));
    let proxies = Arc::new(address::TrustedProxies(config.console.trusted_proxies.clone()));
    let flash = flash::Flashes::new(parts.ctx.vault.clone(), secure);

    let console = Router::new()
        .route("/", get(pages::home))
        .merge(pages::routes(&assets))
        .layer(from_fn(guard::require_sign_in))
        .layer(from_fn(recover::recover))
        .layer(from_fn_with_state(flash.clone(), forms::answer))
        .layer(from_fn_with_state(flash, flash::provide))
        .layer(from_fn_with_state(server.clone(), session::load))
        .layer(session::layer(&parts.ctx, secure))
        .layer(from_fn_with_state(hosts, same_origin::check))
        .layer(Extension(server))
        .layer(DefaultBodyLimit::max(BODY_LIMIT));
    Ok(Router::new()
        .merge(health::routes(parts.ctx.clone()))
        .merge(assets.routes())
        .merge(console)
        .layer(from_fn_with_state(secure, headers::secure))
        // Of these layers themselves; pages and calls are recovered further in.
        .layer(CatchPanicLayer::new())
        // Pages only: assets come compressed. A secret stands in one answer alone and nothing secret is sent twice, so its length tells nobody anything.
        .layer(CompressionLayer::new())
        .layer(from_fn(observe::request))
        .layer(from_fn_with_state(proxies, address::find)))
}
