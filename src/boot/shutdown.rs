//! The end: SIGTERM or SIGINT, once for gently, twice for now.

use tokio::signal::unix::{SignalKind, signal as listen};
use tokio_util::sync::CancellationToken;

/// Cancelled at the first signal; the second ends the process.
pub fn signal() -> anyhow::Result<CancellationToken> {
    let token = CancellationToken::new();
    let mut terminate = listen(SignalKind::terminate())?;
    let mut interrupt = listen(SignalKind::interrupt())?;
    let stop = token.clone();
    tokio::spawn(async move {
        for last in [false, true] {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if last {
                std::process::exit(130);
            }
            stop.cancel();
            tracing::info!("stopping; once more to stop at once");
        }
    });
    Ok(token)
}
